import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { attempt, conversation, many, refusal } from '../build.ts';

const stormsOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'retry-storm');

describe('a retry storm', () => {
  it('is ten attempts in vain of one initiator at one service within ten minutes', async () => {
    const [storm] = await stormsOf([
      conversation({ to: '10.0.0.9' }),
      ...many(10, (i) => attempt({ at: i * 66 })), // the tenth at 594 s
    ]);
    expect(storm).toMatchObject({ initiator: '10.0.0.1', responder: '10.0.0.2', port: 443, count: 10 });
    expect(storm?.evidence).toBe(
      '10 attempts in vain, up to 10 of them within 600 s; none of its attempts got through.',
    );
  });

  it('is none when they are spread over more time', async () => {
    // Any ten of them span 9 × 67 = 603 s.
    expect(await stormsOf(many(30, (i) => refusal({ at: i * 67 })))).toEqual([]);
  });

  it('is none of many clients of one service, or of one client of many', async () => {
    expect(await stormsOf(many(30, (i) => refusal({ from: `10.0.1.${i}` })))).toEqual([]);
    expect(await stormsOf(many(15, (i) => refusal({ to: `10.0.1.${i}` })))).toEqual([]);
  });

  it('says how many others got through', async () => {
    const [storm] = await stormsOf([...many(12, () => refusal()), ...many(3, () => conversation())]);
    expect(storm?.evidence).toContain('3 of its attempts got through');
    expect(storm?.count).toBe(12);
  });

  it('is not found beside a scan that explains it', async () => {
    const scanner = many(20, (i) => refusal({ port: 1000 + i }));
    const result = await auditShortLived([...scanner, ...many(20, () => refusal({ port: 1000 }))]);
    expect(result.findings.map(({ kind, count }) => [kind, count])).toEqual([['scan', 40]]);
  });
});
