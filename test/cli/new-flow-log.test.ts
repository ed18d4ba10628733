/** The command that check ends with: what it asks for, and that nothing of a log can make a shell do anything else. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJson } from '../../src/cli/check-json.ts';
import { checkLines } from '../../src/cli/check-text.ts';
import { plain } from '../../src/cli/colours.ts';
import { newFlowLogs } from '../../src/cli/new-flow-log.ts';
import { Tally } from '../../src/cli/tally.ts';
import { WANTED_FIELDS } from '../../src/meaning/wanted-fields.ts';
import { FIELDS } from '../../src/model/fields.ts';
import type { RunReport } from '../../src/model/report.ts';
import { GATEWAY_COLUMNS } from '../../src/record/detect-columns.ts';
import { rebuildText } from '../build.ts';
import { SAMPLES } from './run-command.ts';

/** What a record may hold, field by field; a dash for all others. */
const VALUES: Readonly<Record<string, string>> = {
  version: '5',
  'account-id': '123456789012',
  'interface-id': 'eni-0a1b',
  srcaddr: '10.0.0.9',
  dstaddr: '10.0.0.5',
  srcport: '40000',
  dstport: '443',
  protocol: '6',
  packets: '5',
  bytes: '300',
  start: '1700000000',
  end: '1700000050',
  action: 'ACCEPT',
  'log-status': 'OK',
  'vpc-id': 'vpc-0c2d',
  'tgw-id': 'tgw-0e3f',
  'tgw-attachment-id': 'tgw-attach-0a4b',
  'tcp-flags': '2',
};

const reportOf = async (names: readonly string[], values: Readonly<Record<string, string>> = VALUES) => {
  const line = names.map((name) => values[name] ?? '-').join(' ');
  return (await rebuildText(`${names.join(' ')}\n${line}\n`)).report;
};

/** The fields of a format in braces. */
const fieldsOf = (logFormat: string): string[] =>
  [...logFormat.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name as string);

/** The lines that check shows of a report, and of them the command. */
const commandIn = (report: RunReport, width: number): string => {
  const lines = [...checkLines({ report, tally: new Tally(), width, paint: plain })];
  const from = lines.findIndex((line) => line.includes('aws ec2 create-flow-logs'));
  return lines.slice(from, lines.indexOf('', from)).join('\n');
};

/** The words that a shell makes of a command, by a program of that name that tells them. */
const wordsOf = (command: string): string[] => {
  const { stdout, stderr, status } = spawnSync(
    'sh',
    ['-u', '-c', `aws() { printf '%s\\0' "$@"; }\n${command}`],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '' },
    },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.split('\0').slice(0, -1);
};

const VPC_FIELDS = FIELDS.filter(({ version }) => version !== 6).map(({ name }) => name as string);
const wantedOf = (kind: 'vpc' | 'transit-gateway'): string[] => [
  ...new Set(
    WANTED_FIELDS.filter(({ of, onlyBeside }) => of.includes(kind) && onlyBeside === undefined).flatMap(
      ({ fields }) => fields,
    ),
  ),
];

describe('the command for a log of the default format', () => {
  it('keeps its fields, adds those that conntrail reads, and names its interface', async () => {
    const text = readFileSync(join(SAMPLES, 'accepted-ssh.log'), 'utf8');
    const [log, ...others] = newFlowLogs((await rebuildText(text)).report) ?? [];
    expect(others).toEqual([]);
    // The 14 fields of version 2, then those of versions 3 to 9 that are read, as AWS lists them.
    const added =
      'vpc-id subnet-id instance-id tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path resource-id';
    const format =
      `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ${added}`
        .split(' ')
        .map((name) => `\${${name}}`)
        .join(' ');
    expect(log?.command).toEqual([
      'aws ec2 create-flow-logs',
      '--resource-type NetworkInterface',
      '--resource-ids eni-1235b8ca123456789',
      '--traffic-type ALL',
      '--max-aggregation-interval 60',
      '--log-destination-type s3',
      '--log-destination arn:aws:s3:::YOUR-BUCKET',
      `--log-format '${format}'`,
    ]);
    expect(log?.missing[0]).toEqual({
      fields: ['tcp-flags'],
      tells: 'who opened, observed instead of inferred; how it was opened, and how it ended',
      recordsWithout: 1,
      isInSome: false,
    });
  });

  it('is the same for machines, in one line', async () => {
    const report = await reportOf(['srcaddr', 'dstaddr']);
    const { create_flow_logs: logs } = JSON.parse([...checkJson(report, new Tally())].join('')) as {
      create_flow_logs: { kind: string; command: string; log_format: string; missing: unknown[] }[];
    };
    expect(logs).toHaveLength(1);
    expect(logs[0]?.kind).toBe('vpc');
    expect(logs[0]?.command.endsWith(` --log-format '${logs[0].log_format}'`)).toBe(true);
    expect(logs[0]?.missing[0]).toEqual({
      fields: ['srcport', 'dstport', 'protocol'],
      tells: 'which connections there are',
      records_without: 1,
      is_in_some: false,
    });
  });
});

describe('the format of the command', () => {
  it('has every field that the log had and every one that conntrail reads; a log of it gets no advice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(VPC_FIELDS, { minLength: 2 }), async (names) => {
        const logs = newFlowLogs(await reportOf(names));
        const lacksNothing = logs?.length === 0;
        const format = lacksNothing ? names : fieldsOf(logs?.[0]?.logFormat ?? '');
        expect(format.slice(0, names.length)).toEqual(names);
        expect(format).toEqual(expect.arrayContaining(wantedOf('vpc')));
        expect(newFlowLogs(await reportOf(format))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('of a transit gateway has fields of transit gateways alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...GATEWAY_COLUMNS.names]), async (some) => {
        const names = [...new Set([...some, 'tgw-id', 'srcaddr'])];
        const logs = newFlowLogs(await reportOf(names));
        const format = logs?.length === 0 ? names : fieldsOf(logs?.[0]?.logFormat ?? '');
        expect(format.slice(0, names.length)).toEqual(names);
        expect(format).toEqual(expect.arrayContaining(wantedOf('transit-gateway')));
        expect(format.filter((name) => !GATEWAY_COLUMNS.names.includes(name))).toEqual([]);
        expect(newFlowLogs(await reportOf(format))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('asks for ECS where the log has something of it, and takes ARNs for names', async () => {
    const all = [...VPC_FIELDS].filter((name) => !name.startsWith('ecs-'));
    expect(newFlowLogs(await reportOf(all))).toEqual([]);
    const [log] = newFlowLogs(await reportOf([...all, 'ecs-cluster-arn', 'ecs-task-id'])) ?? [];
    expect(log?.missing).toEqual([
      {
        fields: ['ecs-service-name', 'ecs-container-id'],
        tells: 'which ECS task it was',
        recordsWithout: 1,
        isInSome: false,
      },
    ]);
  });

  it('says in how many records a field is missing where others have it', async () => {
    const [header, line] = ['srcaddr dstaddr srcport dstport protocol', '10.0.0.1 10.0.0.2 40000 443 6'];
    const { report } = await rebuildText(`${header}\n${line}\n${line}\n${header} tcp-flags\n${line} 2\n`);
    const [log] = newFlowLogs(report) ?? [];
    expect(log?.missing.find(({ fields }) => fields[0] === 'tcp-flags')).toMatchObject({
      recordsWithout: 2,
      isInSome: true,
    });
    expect(fieldsOf(log?.logFormat ?? '').filter((name) => name === 'srcaddr')).toHaveLength(1);
  });
});

describe('the rest of the command', () => {
  it('names the VPC where the log does, and the attachment of a transit gateway without a traffic type', async () => {
    const vpc = newFlowLogs(await reportOf(['interface-id', 'vpc-id', 'srcaddr', 'dstaddr'])) ?? [];
    expect(vpc[0]?.command.slice(1, 3)).toEqual(['--resource-type VPC', '--resource-ids vpc-0c2d']);
    const gateway = newFlowLogs(await reportOf(['tgw-attachment-id', 'srcaddr', 'dstaddr'])) ?? [];
    expect(gateway[0]?.command.slice(1, 5)).toEqual([
      '--resource-type TransitGatewayAttachment',
      '--resource-ids tgw-attach-0a4b',
      '--max-aggregation-interval 60',
      '--log-destination-type s3',
    ]);
  });

  it('stands for what the log does not tell with a placeholder that is said to be one', async () => {
    const [log] = newFlowLogs(await reportOf(['srcaddr', 'dstaddr'])) ?? [];
    expect(log?.command).toContain('--resource-ids vpc-YOUR-VPC');
    expect(log?.notes[0]).toContain('vpc-YOUR-VPC stands for your VPC');
  });

  it('is there for a log of rejections or of long intervals although no field is missing', async () => {
    const rejected = newFlowLogs(await reportOf(VPC_FIELDS, { ...VALUES, action: 'REJECT' })) ?? [];
    expect(rejected[0]?.missing).toEqual([]);
    expect(rejected[0]?.changes[0]).toContain('--traffic-type ALL');
    const long = newFlowLogs(await reportOf(VPC_FIELDS, { ...VALUES, end: '1700000590' })) ?? [];
    expect(long[0]?.changes[0]).toContain('--max-aggregation-interval 60');
    // AWS's own example of 60 s has a record of 180 s.
    expect(newFlowLogs(await reportOf(VPC_FIELDS, { ...VALUES, end: '1700000180' }))).toEqual([]);
  });

  it('says that nothing is missing, and nothing at all of an input without a record', async () => {
    const shown = async (report: RunReport): Promise<string> =>
      [...checkLines({ report, tally: new Tally(), width: 80, paint: plain })].join('\n');
    const whole = await shown(await reportOf(VPC_FIELDS));
    expect(whole).toContain('This format has every field that conntrail uses.');
    expect(whole).not.toContain('create-flow-logs');
    const { report } = await rebuildText('');
    expect(newFlowLogs(report)).toBeNull();
    expect(await shown(report)).not.toMatch(/every field|create-flow-logs/);
  });
});

describe('a shell', () => {
  const expected = (log: { command: readonly string[]; logFormat: string } | undefined): string[] => [
    ...(log?.command ?? [])
      .slice(0, -1)
      .flatMap((words) => words.split(' '))
      .slice(1),
    '--log-format',
    log?.logFormat ?? '',
  ];

  it.each([40, 60, 80, 200])('takes it as it is shown in %i columns', async (width) => {
    const report = await reportOf(['interface-id', 'srcaddr', 'dstaddr']);
    const command = commandIn(report, width);
    for (const line of command.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.max(width, 60));
    expect(wordsOf(command)).toEqual(expected(newFlowLogs(report)?.[0]));
  });

  it('is told nothing by a log: not by ids, not by names of fields', async () => {
    // Whatever means something to a shell, or is none of the characters of an id.
    const hostile = fc
      .string({
        unit: fc.constantFrom(...'$`"\'\\;|&<>(){}*?!~#%=-_.:,/@^[]+aA09\u001b\u202eé'),
        minLength: 1,
        maxLength: 12,
      })
      .filter((text) => text !== '-' && !text.startsWith('#'));
    const prefix = fc.constantFrom('', 'eni-', 'vpc-', 'eni-0a', 'vpc-0a', 'tgw-attach-', '-');
    const id = fc.tuple(prefix, hostile).map(([before, text]) => before + text);
    await fc.assert(
      fc.asyncProperty(id, id, hostile, fc.boolean(), async (one, other, name, isGateway) => {
        const ids = isGateway
          ? { 'tgw-attachment-id': one, 'tgw-id': other }
          : { 'interface-id': one, 'vpc-id': other };
        const read = await reportOf([...Object.keys(ids), 'srcaddr', 'dstaddr'], { ...VALUES, ...ids });
        // No header can have such a name today.
        const formats = read.formats.map((format) => ({
          ...format,
          fields: [...format.fields, name],
          unknownFields: [...format.unknownFields, name],
        }));
        const report = { ...read, formats };
        const [log] = newFlowLogs(report) ?? [];
        if (log === undefined) throw new Error('fields are missing');
        const words = wordsOf(commandIn(report, 80));
        expect(words).toEqual(expected(log));
        const at = words.indexOf('--resource-ids');
        expect(words[at + 1]).toMatch(/^(eni|vpc|tgw|tgw-attach)-([0-9a-f]+|YOUR-(VPC|GATEWAY))$/);
        expect(words[at + 2]).toMatch(/^--/);
        for (const field of fieldsOf(log.logFormat)) expect(FIELDS.map((each) => each.name)).toContain(field);
      }),
      { numRuns: 60 },
    );
  });
});
