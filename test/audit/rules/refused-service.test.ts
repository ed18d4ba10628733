import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { conversation, many, refusal } from '../build.ts';

const refusedOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'refused');

describe('a refused service', () => {
  it('refused three attempts and answered none', async () => {
    const [refused] = await refusedOf([
      refusal(),
      refusal({ from: '10.0.0.3' }),
      refusal({ from: '10.0.0.4' }),
    ]);
    expect(refused).toMatchObject({ initiator: null, responder: '10.0.0.2', port: 443, count: 3 });
    expect(refused?.evidence).toBe('3 attempts by 3 initiators answered with RST, none with anything else.');
  });

  it('is none when it answered anybody', async () => {
    expect(await refusedOf([...many(9, () => refusal()), conversation({ from: '10.0.0.5' })])).toEqual([]);
  });

  it('is none when it answered on another port only by that port', async () => {
    expect(await refusedOf([...many(3, () => refusal()), conversation({ port: 80 })])).toHaveLength(1);
  });

  it('is none where only a scanner was refused', async () => {
    const scan = many(30, (i) => refusal({ from: '198.51.100.7', port: i + 1 }));
    const again = many(5, () => refusal({ from: '198.51.100.7', port: 1 }));
    expect(await refusedOf([...scan, ...again])).toEqual([]);
  });
});
