/**
 * The flow log that would tell what the logs at hand cannot: what is missing, why it matters, and the command that creates it. Text of
 * a log reaches the command only where it can be nothing but an id of AWS's or a field of ours.
 */
import { INTERVALS } from '../audit/aws-limits.ts';
import { type LogKind, WANTED_FIELDS, type WantedFields } from '../meaning/wanted-fields.ts';
import { escapeControls } from '../model/escape.ts';
import { FIELDS, type FieldName, fieldNamed, GATEWAY_VERSION } from '../model/fields.ts';
import type { Container, FormatReport, RunReport, VantageCoverage } from '../model/report.ts';
import { GATEWAY_COLUMNS } from '../record/detect-columns.ts';
import { formatCount } from './format-count.ts';

/** What some fields would tell that are not in every record. */
export interface MissingFields {
  readonly fields: readonly FieldName[];
  readonly tells: string;
  /** Records of formats that lack one of them. */
  readonly recordsWithout: number;
  /** Whether other records have them all. */
  readonly isInSome: boolean;
}

/** One command, and why. */
export interface NewFlowLog {
  readonly kind: LogKind;
  /** By what they are worth. */
  readonly missing: readonly MissingFields[];
  /** What else the command changes, a sentence each; with `missing` never empty. */
  readonly changes: readonly string[];
  /** As --log-format has it. */
  readonly logFormat: string;
  /** The words of the command, an option with its values in each; a shell takes them as they are. */
  readonly command: readonly string[];
  /** What to know before it is run, a sentence each. */
  readonly notes: readonly string[];
}

/** More resources than these are no command that anybody would read. */
const MOST_RESOURCES = 5;
/** A record as long as this is none of an interval of 60 s: those have been met up to 180 s long. */
const SURELY_LONG = (INTERVALS.short + INTERVALS.long) / 2;

/** What may stand in a command: nothing of it means anything to a shell. */
const SAFE_ID = /^(eni|vpc|subnet|tgw|tgw-attach)-[0-9a-f]{1,32}$/;

/** Ids of one kind that may stand in a command, each once, in order. */
const idsOf = (prefix: string, ids: Iterable<string | null>): string[] => {
  const safe = new Set<string>();
  for (const id of ids)
    if (id !== null && SAFE_ID.test(id) && id.slice(0, id.lastIndexOf('-')) === prefix) safe.add(id);
  return [...safe].sort();
};

/** Fields whose values are those of tags that are chosen beside the format. */
const TAGS = /-tag(-2)?$/;

/** Lines came as the answer to a question about columns: the flow log itself may have more. */
const QUERIES: ReadonlySet<Container> = new Set(['csv-fields', 'tsv-fields', 'json-fields', 'query-results']);

const kindOf = ({ fields }: FormatReport): LogKind =>
  !fields.includes('interface-id') && fields.some((name) => fieldNamed(name)?.version === GATEWAY_VERSION)
    ? 'transit-gateway'
    : 'vpc';

const isOffered = (name: string, kind: LogKind): boolean =>
  kind === 'vpc'
    ? (fieldNamed(name)?.version ?? GATEWAY_VERSION) !== GATEWAY_VERSION
    : GATEWAY_COLUMNS.names.includes(name);

/** Those of the fields that a format lacks. */
const lackingIn = ({ fields, instead }: WantedFields, format: FormatReport): FieldName[] =>
  fields.filter((name, i) => ![name, instead?.[i] ?? name].some((each) => format.fields.includes(each)));

const missingOf = (formats: readonly FormatReport[], kind: LogKind): MissingFields[] =>
  WANTED_FIELDS.filter(
    ({ of, onlyBeside }) =>
      of.includes(kind) &&
      (onlyBeside === undefined ||
        formats.some(({ fields }) => fields.some((name) => name.startsWith(onlyBeside)))),
  ).flatMap((wanted) => {
    const without = formats.filter((format) => lackingIn(wanted, format).length > 0);
    if (without.length === 0) return [];
    const lacking = new Set(without.flatMap((format) => lackingIn(wanted, format)));
    return [
      {
        fields: wanted.fields.filter((name) => lacking.has(name)),
        tells: wanted.tells,
        recordsWithout: without.reduce((sum, { records }) => sum + records, 0),
        isInSome: without.length < formats.length,
      },
    ];
  });

/** Every field that the formats have, in their order, and those that are missing behind, in AWS's order. */
const namesOf = (
  formats: readonly FormatReport[],
  missing: readonly MissingFields[],
  kind: LogKind,
): string[] => {
  const wanted = new Set<string>(missing.flatMap(({ fields }) => fields));
  const had = formats.flatMap(({ fields }) => fields).filter((name) => isOffered(name, kind));
  const added = FIELDS.map(({ name }) => name as string).filter((name) => wanted.has(name));
  return [...new Set([...had, ...added])];
};

interface Resources {
  readonly words: readonly string[];
  /** What stands for what the log does not tell; empty where nothing does. */
  readonly note: string;
}

const few = (type: string, ids: readonly string[]): Resources | undefined =>
  ids.length === 0 || ids.length > MOST_RESOURCES
    ? undefined
    : { words: [`--resource-type ${type}`, `--resource-ids ${ids.join(' ')}`], note: '' };

const resourcesOf = (vantages: readonly VantageCoverage[], kind: LogKind): Resources => {
  if (kind === 'transit-gateway') {
    const attachments = idsOf(
      'tgw-attach',
      vantages.map(({ vantage }) => vantage),
    );
    return (
      few('TransitGatewayAttachment', attachments) ?? {
        words: ['--resource-type TransitGateway', '--resource-ids tgw-YOUR-GATEWAY'],
        note: 'tgw-YOUR-GATEWAY stands for your transit gateway',
      }
    );
  }
  const vpcs = idsOf(
    'vpc',
    vantages.map(({ vpcId }) => vpcId),
  );
  const interfaces = idsOf(
    'eni',
    vantages.map(({ vantage }) => vantage),
  );
  return (
    few('VPC', vpcs) ??
    few('NetworkInterface', interfaces) ?? {
      words: ['--resource-type VPC', '--resource-ids vpc-YOUR-VPC'],
      note: 'vpc-YOUR-VPC stands for your VPC',
    }
  );
};

/** What is wrong with the log beside its fields. */
const changesOf = ({ accepted, rejected, vantages }: RunReport, kind: LogKind): string[] => {
  if (kind === 'transit-gateway') return [];
  const changes: string[] = [];
  if (accepted === 0 && rejected > 0)
    changes.push('--traffic-type ALL: what was accepted. There are only REJECT records here.');
  if (vantages.some(({ longestInterval }) => (longestInterval ?? 0) > SURELY_LONG))
    changes.push(
      `--max-aggregation-interval ${INTERVALS.short}: when, to the minute. There are records of up to ${INTERVALS.long} s here.`,
    );
  return changes;
};

const notesOf = (
  { accepted, rejected, containers }: RunReport,
  formats: readonly FormatReport[],
  names: readonly string[],
  kind: LogKind,
  { note }: Resources,
): string[] => {
  const notes = [
    `YOUR-BUCKET stands for an S3 bucket of yours${note === '' ? '' : `, ${note}`}. A format cannot be edited: this creates a flow log beside the one there is. Read the new one by itself.`,
  ];
  if (kind === 'vpc' && rejected === 0 && accepted > 0)
    notes.push(
      'There is no REJECT record: where the log was created with --traffic-type ACCEPT, ALL tells what was rejected as well.',
    );
  if (names.some((name) => name.startsWith('ecs-')))
    notes.push('Fields of ECS take permission to list and describe ECS clusters, services and tasks.');
  const tags = names.filter((name) => TAGS.test(name));
  if (tags.length > 0)
    notes.push(`The log does not tell which tags ${tags.join(', ')} hold: name them to AWS as well.`);
  const left = new Set(
    formats.flatMap(({ fields, unknownFields }) => [
      ...unknownFields,
      ...fields.filter((name) => fieldNamed(name) !== undefined && !isOffered(name, kind)),
    ]),
  );
  if (left.size > 0) {
    const named = [...left].slice(0, MOST_RESOURCES).map(escapeControls).join(', ');
    const more = left.size > MOST_RESOURCES ? ` and ${left.size - MOST_RESOURCES} more` : '';
    notes.push(
      `Left out, since ${kind === 'vpc' ? 'flow logs of a VPC' : 'transit gateways'} are not known to have them: ${named}${more}.`,
    );
  }
  if (containers.some((each) => each.containers.some((container) => QUERIES.has(container))))
    notes.push(
      'Some lines are answers to queries: the flow log may have fields that the query did not ask for.',
    );
  return notes;
};

const newFlowLog = (
  report: RunReport,
  formats: readonly FormatReport[],
  kind: LogKind,
): NewFlowLog | undefined => {
  const missing = missingOf(formats, kind);
  const changes = changesOf(report, kind);
  if (missing.length + changes.length === 0) return undefined;
  const names = namesOf(formats, missing, kind);
  const logFormat = names.map((name) => `\${${name}}`).join(' ');
  const resources = resourcesOf(report.vantages, kind);
  return {
    kind,
    missing,
    changes,
    logFormat,
    command: [
      'aws ec2 create-flow-logs',
      ...resources.words,
      ...(kind === 'vpc' ? ['--traffic-type ALL'] : []),
      `--max-aggregation-interval ${INTERVALS.short}`,
      '--log-destination-type s3',
      '--log-destination arn:aws:s3:::YOUR-BUCKET',
      // In single quotes, or a shell would put its variables in.
      `--log-format '${logFormat}'`,
    ],
    notes: notesOf(report, formats, names, kind, resources),
  };
};

/** Commands for what the logs lack, one for each kind of log: none where they have all that conntrail reads; null where there is no log. */
export const newFlowLogs = (report: RunReport): readonly NewFlowLog[] | null => {
  const used = report.formats.filter(({ records }) => records > 0);
  if (used.length === 0) return null;
  return (['vpc', 'transit-gateway'] as const).flatMap((kind) => {
    const formats = used.filter((format) => kindOf(format) === kind);
    return (formats.length === 0 ? undefined : newFlowLog(report, formats, kind)) ?? [];
  });
};

/** `tcp-flags: who opened …`, and of how many records it is missing where others have it. */
export const describeMissing = ({ fields, tells, recordsWithout, isInSome }: MissingFields): string =>
  `${fields.join(', ')}: ${tells}${isInSome ? ` (missing in ${formatCount(recordsWithout, 'record')})` : ''}`;
