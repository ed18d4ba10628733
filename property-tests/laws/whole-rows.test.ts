/**
 * Whole rows are connections: what the rules write of each is read back as what the plain path describes, vantages, windows,
 * path and names included, and nothing is lost where records went to temporary files.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { type LinesRequest, plainConnections, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyReuse } from '../arbitraries/any-reuse.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { anyHostileLog, printSections } from '../model/any-hostile-log.ts';
import { simulate } from '../network/simulate.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();

const anyRequest: fc.Arbitrary<LinesRequest> = fc.record({
  scope: fc.constantFrom('auto', 'interface', 'vpc', 'account', 'all'),
  observedOnly: fc.boolean(),
  idleSeconds: fc.constantFrom(180, 600, 3600),
  windows: fc.boolean(),
});

/** So little that records go to temporary files; not at all when null. */
const anyMemory = fc.option(fc.integer({ min: 1, max: 2000 }), { freq: 3 });

const expectSame = async (
  text: string,
  request: LinesRequest,
  memoryBytes: number | null = null,
): Promise<void> => {
  const limited = memoryBytes === null ? request : { ...request, memoryBytes };
  expect(await wholeConnections(KERNEL, [text], limited)).toEqual(plainConnections([text], request));
};

const withHeader = (lines: readonly string[]): string => `${SOUP_HEADER}\n${lines.join('\n')}\n`;

describe('whole rows', () => {
  it('are the connections of simulated networks', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyScenario(),
        fc.nat(0xffff),
        anyRequest,
        anyMemory,
        (scenario, seed, request, memory) => {
          const { lines, fields } = simulate(scenario, seed);
          return expectSame(`${lines.join('\n')}\n`, { ...request, fields: fields.join(' ') }, memory);
        },
      ),
      runs(200),
    );
  });

  it('are the connections, whatever the records say', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyRequest, anyMemory, (lines, request, memory) =>
        expectSame(withHeader(lines), request, memory),
      ),
      runs(400),
    );
  });

  it('are the connections of hostile logs', async () => {
    await fc.assert(
      fc.asyncProperty(anyHostileLog(), anyRequest, (sections, request) =>
        expectSame(printSections(sections), request),
      ),
      runs(300),
    );
  });

  it('are the connections where ports are used again', async () => {
    await fc.assert(
      fc.asyncProperty(anyReuse(), anyRequest, (lines, request) => expectSame(withHeader(lines), request)),
      runs(200),
    );
  });

  it('are the connections where several threads write them', async () => {
    const line = (i: number, reply: boolean): string => {
      const [client, server] = [`10.1.${i >> 8}.${i & 255} `, '10.0.0.9 '];
      const ends = reply ? server + client : client + server;
      const ports = reply ? `443 ${1024 + (i % 60_000)}` : `${1024 + (i % 60_000)} 443`;
      return `eni-${i % 5} vpc-1 ${ends}${ports} 6 5 400 1760000000 1760000030 ACCEPT ${reply ? 19 : 3}\n`;
    };
    const header =
      'interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action';
    const lines = Array.from({ length: 34_000 }, (_, i) => line(i, false) + line(i, i % 3 === 0));
    const text = `${header} tcp-flags\n${lines.join('')}`;
    const expected = plainConnections([text], {});
    for (const threads of [1, 3])
      expect(await wholeConnections(KERNEL, [text], {}, { threads })).toEqual(expected);
  });

  it('are the connections where there is no memory to judge some of them', async () => {
    const many = Array.from({ length: 9000 }, (_, i) => {
      const times = `${1_760_000_000 + i * 60} ${1_760_000_050 + i * 60}`;
      return `eni-1 vpc-1 10.0.0.5 10.0.0.9 40000 443 6 5 400 ${times} ACCEPT ${i % 50 === 0 ? 3 : 0}\n`;
    });
    const few = 'eni-1 vpc-1 10.0.0.6 10.0.0.9 40000 443 6 5 400 1760000000 1760000030 ACCEPT 3\n';
    const header =
      'interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action';
    const text = `${header} tcp-flags\n${many.join('')}${few}`;
    for (const windows of [false, true])
      expect(await wholeConnections(KERNEL, [text], { windows }, { starves: true })).toEqual(
        plainConnections([text], { windows }),
      );
  });

  it('keep the order of the members of a connection', async () => {
    const text = withHeader(fc.sample(anySoup(), { numRuns: 1, seed: 7 })[0] ?? []);
    for (const windows of [false, true]) {
      const { connections } = await wholeConnections(KERNEL, [text], { windows });
      expect(JSON.stringify(connections)).toBe(
        JSON.stringify(plainConnections([text], { windows }).connections),
      );
    }
  });
});
