/** What AWS tells of connections beside their packets: whose it is, of which connection of a key, and that nothing else changes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario } from '../../property-tests/arbitraries/any-scenario.ts';
import { simulate } from '../../property-tests/network/simulate.ts';
import { describeAnnotations } from '../../src/meaning/annotation-words.ts';
import type { Connection } from '../../src/model/connection.ts';
import type { ReconstructOptions } from '../../src/reconstruct.ts';
import { rebuildText } from '../build.ts';

const annotated = async (text: string, options: ReconstructOptions = {}): Promise<readonly Connection[]> =>
  (await rebuildText(text, { ...options, annotations: true })).connections;

/** What AWS tells beside packets, of each connection. */
const addedTo = ({ initiator, responder, vantages }: Connection) => ({
  services: [initiator.awsService, responder.awsService],
  vantages: vantages.map(({ interfaceId, ecs, trafficPaths }) => ({ interfaceId, ecs, trafficPaths })),
});

const HEADER =
  'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags flow-direction ' +
  'pkt-src-aws-service pkt-dst-aws-service traffic-path ecs-cluster-name ecs-service-name ecs-task-id ecs-container-id';

interface Row {
  readonly eni?: string;
  readonly isReply?: boolean;
  readonly client?: string;
  readonly server?: string;
  readonly start?: number;
  readonly end?: number;
  readonly flags?: number;
  /** Of the source, of the destination, the way out. */
  readonly added?: string;
  readonly ecs?: string;
}

/** By default the client 10.0.0.9:40000 opens to 52.216.0.1:443, seen by its own interface. */
const lineOf = ({ eni = 'eni-c', isReply = false, ...row }: Row): string => {
  const { client = '10.0.0.9', server = '52.216.0.1', start = 0, end = 59 } = row;
  const ends = isReply ? `${server} ${client} 443 40000` : `${client} ${server} 40000 443`;
  const { flags = isReply ? 18 : 2, added = '- - -', ecs = '- - - -' } = row;
  const flow = (eni === 'eni-c') === isReply ? 'ingress' : 'egress';
  return `${eni} ${ends} 6 3 200 ${1_700_000_000 + start} ${1_700_000_000 + end} ACCEPT ${flags} ${flow} ${added} ${ecs}`;
};
const logOf = (...rows: readonly Row[]): string => `${[HEADER, ...rows.map(lineOf)].join('\n')}\n`;

const task = (name: string) => ({ cluster: 'prod', service: 'web', task: name, container: null });
const WEB = (name: string): string => `prod web ${name} -`;

describe('of the case from the field', () => {
  const text = readFileSync(join(import.meta.dirname, '../cases/ecs-fields-without-header/flow.log'), 'utf8');

  it('cluster, service, task and container are those of the interface, and stand in words', async () => {
    const [only, ...others] = await annotated(text);
    expect(others).toEqual([]);
    // Read off the line: cluster name, service name, task id and container id are its fields 15, 19, 24 and 21.
    expect(only?.vantages[0]?.ecs).toEqual({
      cluster: 'demo-ecs',
      service: 'demo-bo-be',
      task: 'de2b6f1419544b8cb9696c0000000000',
      container: 'de2b6f1419544b8cb9696c0000000000-1234567890',
    });
    expect(describeAnnotations(only as Connection)).toEqual([
      '10.195.1.73:34686, at eni-0aa0aa0aa0aa0aa01: ECS service demo-bo-be, task de2b6f1419544b8cb9696c0000000000 ' +
        'in cluster demo-ecs, container de2b6f1419544b8cb9696c0000000000-1234567890.',
    ]);
  });

  it('the ends of the ARNs stand for names and ids that are not there', async () => {
    // The fields of names and ids are left out, those of ARNs stay.
    const header =
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ecs-cluster-arn ecs-task-arn';
    const lines = text
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map((fields) => [...fields.slice(0, 14), fields[15], fields[22]].join(' '));
    const [only] = await annotated(`${[header, ...lines].join('\n')}\n`);
    expect(only?.vantages[0]?.ecs).toEqual({
      cluster: 'demo-ecs',
      service: null,
      task: 'de2b6f1419544b8cb9696c0000000000',
      container: null,
    });
  });
});

describe('services and ways out', () => {
  it('are those of the ends, whichever record says them, and of who sent', async () => {
    const [only] = await annotated(
      logOf({ added: '- S3 7' }, { isReply: true, added: 'S3 - -' }, { eni: 'eni-g', added: 'EC2 S3 2' }),
    );
    expect(only && addedTo(only)).toEqual({
      // Only the gateway's record says that the client's address is of EC2.
      services: ['EC2', 'S3'],
      vantages: [
        { interfaceId: 'eni-c', ecs: undefined, trafficPaths: { initiator: 7, responder: null } },
        { interfaceId: 'eni-g', ecs: undefined, trafficPaths: { initiator: 2, responder: null } },
      ],
    });
    expect(describeAnnotations(only as Connection)).toEqual([
      '10.0.0.9 is an address of the AWS service EC2.',
      '52.216.0.1 is an address of the AWS service S3.',
      'What 10.0.0.9:40000 sent left eni-c through a gateway VPC endpoint (traffic-path 7).',
      'What 10.0.0.9:40000 sent left eni-g through an internet gateway or a gateway VPC endpoint (traffic-path 2).',
    ]);
  });

  it('of a way that AWS names later is told by its number, and hostile names are spelt out', async () => {
    const [only] = await annotated(logOf({ added: '- S\u001b[31m3 42' }));
    expect(describeAnnotations(only as Connection)).toEqual([
      '52.216.0.1 is an address of the AWS service S\\x1b[31m3.',
      'What 10.0.0.9:40000 sent left eni-c by traffic-path 42.',
    ]);
  });

  it('are found for IPv6 and for protocols without ports', async () => {
    const [v6] = await annotated(logOf({ client: '2001:db8::9', server: '2001:db8::1', added: '- S3 8' }));
    expect(v6 && addedTo(v6).services).toEqual([undefined, 'S3']);
    const ping = lineOf({ added: '- S3 8' }).replace('40000 443 6', '0 0 1');
    const [icmp] = await annotated(`${HEADER}\n${ping}\n`);
    expect(icmp?.protocol).toBe('icmp');
    expect([icmp?.initiator.awsService, icmp?.responder.awsService].toSorted()).toEqual(['S3', undefined]);
  });
});

describe('of a key', () => {
  it('each connection has its own task, though one ends in the second in which the next begins', async () => {
    // The port is used again: a SYN after a close.
    const rows = [
      { ecs: WEB('a'), flags: 3, start: 0, end: 60 },
      { ecs: WEB('a'), flags: 19, start: 0, end: 60, isReply: true },
      { ecs: WEB('b'), flags: 3, start: 60, end: 120 },
      { ecs: WEB('b'), flags: 19, start: 60, end: 120, isReply: true },
      { ecs: WEB('a'), flags: 3, start: 600, end: 660 },
    ];
    const tasksOf = async (log: readonly Row[]) =>
      (await annotated(logOf(...log))).map(({ firstSeen, vantages }) => [firstSeen, vantages[0]?.ecs?.task]);
    const expected = [
      [1_700_000_000, 'a'],
      [1_700_000_060, 'b'],
      [1_700_000_600, 'a'],
    ];
    expect(await tasksOf(rows)).toEqual(expected);
    expect(await tasksOf(rows.toReversed())).toEqual(expected);
  });

  it('each interface has its own', async () => {
    const [only] = await annotated(
      logOf({ ecs: WEB('a') }, { isReply: true, ecs: WEB('a') }, { eni: 'eni-s', ecs: WEB('z') }),
    );
    expect(only?.vantages.map(({ interfaceId, ecs }) => [interfaceId, ecs])).toEqual([
      ['eni-c', task('a')],
      ['eni-s', task('z')],
    ]);
  });

  it('records that name it without times are of all its connections', async () => {
    const text = `${HEADER.replace(' start end', '')}\n${lineOf({ ecs: WEB('a') }).replace(/ 17\d+ 17\d+/, '')}\n`;
    const [only] = await annotated(text);
    expect(only?.firstSeen).toBeNull();
    expect(only?.vantages[0]?.ecs).toEqual(task('a'));
  });

  it('is told in time that grows with its records, however many tasks it names', async () => {
    // 20,000 connections on one key, each with a task of its own: pairs of them would be 400 million looks.
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      ecs: WEB(`t${i}`),
      flags: 3,
      start: i * 300,
      end: i * 300 + 59,
    }));
    const told = await annotated(logOf(...rows));
    expect(told).toHaveLength(20_000);
    expect(told.every(({ vantages }, i) => vantages[0]?.ecs?.task === `t${i}`)).toBe(true);
  }, 20_000);
});

const { awsService: _none, ...NOTHING_ADDED } = { awsService: undefined };

/** The same without what AWS tells beside packets. */
const without = (connection: Connection): Connection => {
  const bare = ({ awsService: _, ...party }: Connection['initiator']) => ({ ...NOTHING_ADDED, ...party });
  return {
    ...connection,
    initiator: bare(connection.initiator),
    responder: bare(connection.responder),
    vantages: connection.vantages.map(({ ecs: _ecs, trafficPaths: _paths, ...vantage }) => vantage),
  };
};

describe('of any network', () => {
  it('all else stays as it is, and the order of lines changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyScenario(),
        fc.nat(),
        fc.infiniteStream(fc.nat(1000)),
        async (scenario, seed, keys) => {
          const { lines, fields } = simulate(scenario, seed);
          const options = { fields: fields.join(' ') };
          const records = lines.filter((line) => line !== options.fields);
          const text = `${records.join('\n')}\n`;
          const plain = await rebuildText(text, options);
          const told = await annotated(text, options);
          expect(told.map(without)).toEqual(plain.connections);
          const shuffled = records
            .map((line) => [keys.next().value as number, line] as const)
            .sort(([a], [b]) => a - b)
            .map(([, line]) => line);
          expect(await annotated(`${shuffled.join('\n')}\n`, options)).toEqual(told);
        },
      ),
      { numRuns: 40 },
    );
  });
});
