import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { conversation, many, reset } from '../build.ts';

const resetsOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'early-reset');

describe('early resets', () => {
  it('are those of short-lived connections of one service, by either side', async () => {
    const [found] = await resetsOf([
      ...many(4, (i) => reset({ from: `10.0.1.${i}` })),
      ...many(2, () => reset({}, 5, 'initiator')),
      ...many(4, () => conversation()),
    ]);
    expect(found).toMatchObject({ initiator: null, responder: '10.0.0.2', port: 443, count: 6 });
    expect(found?.evidence).toBe(
      '6 of 10 answered connections reset within 120 s of opening: 2 by the initiator, 4 by the responder.',
    );
  });

  it('are none where most of a service ends well', async () => {
    // 6 of 31 is less than a fifth, 6 of 30 is not.
    const connections = [...many(6, () => reset()), ...many(25, () => conversation())];
    expect(await resetsOf(connections)).toEqual([]);
    expect(await resetsOf(connections.slice(0, -1))).toHaveLength(1);
  });

  it('are none that may have come late: the bound decides', async () => {
    // 61 s between the intervals and 60 s of slack are 121 s.
    expect(await resetsOf(many(9, () => reset({}, 61)))).toEqual([]);
    expect(await resetsOf(many(9, () => reset({}, 60)))).toHaveLength(1);
  });
});
