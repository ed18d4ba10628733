import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { conversation, halfOpen, many, reset } from '../build.ts';

const halfOpensOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'half-open');

describe('half-open attempts', () => {
  it('are those of one initiator at many services, silent or with the RST of its system', async () => {
    const found = await halfOpensOf([
      ...many(3, (i) => halfOpen({ port: i + 1 })),
      ...many(2, (i) => halfOpen({ port: i + 10 }, 6)),
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ initiator: '10.0.0.1', responder: null, count: 5 });
    expect(found[0]?.evidence).toBe('5 attempts at 5 services answered with SYN-ACK and not completed.');
  });

  it('are those of many initiators at one service', async () => {
    const found = await halfOpensOf(many(5, (i) => halfOpen({ from: `198.51.100.${i}` })));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ initiator: null, responder: '10.0.0.2', port: 443, count: 5 });
  });

  it('are no connections that carried on, and no resets of those', async () => {
    expect(await halfOpensOf(many(9, () => conversation()))).toEqual([]);
    expect(await halfOpensOf(many(9, () => reset({}, 5, 'initiator')))).toEqual([]);
  });

  it('are no early resets besides', async () => {
    const { findingCounts } = await auditShortLived(many(9, (i) => halfOpen({ port: 1 + (i % 2) }, 6)));
    expect(findingCounts).toMatchObject({ 'half-open': 1, 'early-reset': 0 });
  });
});
