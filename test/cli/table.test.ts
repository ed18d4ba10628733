/** The table that people see: what stands in it, how it gives way when the terminal is narrow, that it never overflows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colourful } from '../../src/cli/colours.ts';
import { ConnectionTable, printTable } from '../../src/cli/table.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import type { Connection } from '../../src/model/connection.ts';
import { connection } from '../export/connection.ts';

/** Both connections of AWS's example and one over IPv6, whose addresses are as long as addresses get. */
const established = connection({
  uid: 'C1',
  state: 'established',
  endsOpen: true,
  lastSeen: 1566848933,
  closedAfter: null,
  closedAt: null,
  durationMax: null,
  initiator: { port: 43416, bytes: 568 },
  responder: { bytes: 376 },
});
const closed = connection({ uid: 'C2' });
const LONGEST = '2001:db8:1234:a100:8d6e:3477:df66:f105';
const overIpv6 = connection({
  uid: 'C3',
  state: 'flagless',
  initiatorBasis: 'port',
  initiatorConfidence: 0.87,
  startsMidstream: true,
  openedAt: null,
  closedAt: null,
  firstSeen: 1477913708, // 2016-10-31 11:35:08
  lastSeen: 1477913820,
  durationMin: null,
  durationMax: null,
  initiator: { address: LONGEST, port: 34892, bytes: 8855 },
  responder: { address: LONGEST.replace('a100', 'a102'), port: 50051, bytes: 0 },
});

const table = (width: number, ...connections: Connection[]): string =>
  printTable(connections, width)
    .split('\n\n')[0]
    ?.split('\n')
    .map((line) => line.trimEnd())
    .join('\n') as string;

const drawn = (text: string): string => text.replace(/^\n/, '').trimEnd();

describe('the table', () => {
  it('has a line a connection where there is room', () => {
    expect(table(200, closed, established)).toBe(
      drawn(`
opened (UTC)         initiator             responder       state         lasted   sent →   ← sent  because
2019-08-26 19:47:55  52.213.180.42:43416 → 10.0.0.62:5001  established  ~58 s …    568 B    376 B  SYN and SYN-ACK
2019-08-26 19:47:55  52.213.180.42:43418 → 10.0.0.62:5001  closed       ≤ 298 s  23.4 MB  64.0 kB  SYN and SYN-ACK`),
    );
  });

  it('takes the date out of the rows first', () => {
    expect(table(110, established)).toBe(
      drawn(`
opened    initiator             responder       state         lasted  sent →  ← sent  because
2019-08-26 UTC
19:47:55  52.213.180.42:43416 → 10.0.0.62:5001  established  ~58 s …   568 B   376 B  SYN and SYN-ACK`),
    );
  });

  it('goes on two lines a connection at 80 columns and tells everything', () => {
    expect(table(80, established, closed)).toBe(
      drawn(`
opened    initiator            state         lasted     sent
        → responder            because                  sent
2019-08-26 UTC
19:47:55  52.213.180.42:43416  established  ~58 s …    568 B
        → 10.0.0.62:5001       SYN and SYN-ACK         376 B
19:47:55  52.213.180.42:43418  closed       ≤ 298 s  23.4 MB
        → 10.0.0.62:5001       SYN and SYN-ACK       64.0 kB`),
    );
  });

  it('lets long addresses run over their column, and has the rest of the row below them', () => {
    expect(table(80, overIpv6, closed, established, closed, closed)).toContain(
      drawn(`
2016-10-31 UTC
≤ 11:35:08  [2001:db8:1234:a100:8d6e:3477:df66:f105]:34892
          ⇢ [2001:db8:1234:a102:8d6e:3477:df66:f105]:50051
                                 flagless           –  8.86 kB
                                 port numbers (87 %)       0 B`),
    );
  });

  it('says which columns had no room', () => {
    expect(printTable([established], 45)).toMatch(/no room for lasted, sent: widen the\s+terminal/);
    expect(printTable([established], 80)).not.toContain('no room');
  });

  it('explains the signs that it shows, and no others', () => {
    expect(printTable([connection({ durationMin: 298 })], 200).split('\n')).toHaveLength(2);
    expect(printTable([closed], 200).split('\n').slice(2)).toEqual([
      '',
      '   lasted, as far as proven: ≤ at most',
    ]);
    const text = printTable([overIpv6, established], 200);
    expect(text).toMatch(/^⇢ {2}the initiator is inferred/m);
    expect(text).toMatch(/^≤ {2}opened then or before/m);
    expect(text).toMatch(/^… {2}no close seen/m);
    expect(text).not.toMatch(/^[⇥⇤⇄?±†‡!] {2}/m);
    expect(text).toMatch(/^ {3}lasted, as far as proven: ~ estimated, opening to last record$/m);
    // `lasted` has fallen and its signs with it
    expect(printTable([established], 45)).not.toMatch(/^… {2}|as far as proven/m);
  });

  it('says in words that a network ACL rejected a reply', () => {
    const ping = connection({ protocol: 'icmp', state: null, verdict: 'reply-rejected' });
    const text = printTable([ping], 80).replaceAll(/\s+/g, ' ');
    expect(text).toContain('⇤');
    expect(text).toContain('security groups let replies through, so only a network ACL does this');
  });

  it('sorts by opening, connections without times last', () => {
    const later = connection({ uid: 'C9', openedAt: 1566848999, initiator: { port: 1 } });
    const never = connection({ uid: 'C0', openedAt: null, firstSeen: null, initiator: { port: 2 } });
    const rows = table(200, never, later, closed).split('\n');
    expect(rows.map((row) => /:(\d+) /.exec(row.slice(21))?.[1])).toEqual([undefined, '43418', '1', '2']);
  });

  it('paints without moving anything', () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    for (const width of [60, 80, 200]) {
      const painted = printTable([established, closed, overIpv6], width, colourful);
      expect(painted).toMatch(escapes);
      expect(painted.replaceAll(escapes, '')).toBe(printTable([established, closed, overIpv6], width));
    }
  });
});

const anyEnd = fc.record({
  address: fc.oneof(
    fc.ipV4(),
    fc.ipV6().map((text) => text.slice(0, 39)),
  ),
  port: fc.option(fc.integer({ min: 0, max: 65535 }), { nil: null }),
  bytes: fc.option(fc.maxSafeNat(), { nil: null }),
});
const anyRow = fc
  .record({
    initiator: anyEnd,
    responder: anyEnd,
    state: fc.constantFrom('established' as const, 'half-closed' as const, 'flagless' as const, null),
    initiatorBasis: fc.constantFrom('handshake' as const, 'rejected' as const, 'none' as const),
    hasGap: fc.boolean(),
    mayHideReuse: fc.boolean(),
    startsMidstream: fc.boolean(),
    lastSeen: fc.integer({ min: 1566848900, max: 1600000000 }),
  })
  .map((given) => connection({ ...given, openedAt: 1566848875, closedAt: null, endsOpen: true }));

describe('no line is wider than the terminal', () => {
  // 60 is 12 before an address, 47 for the longest with its port.
  it.each([60, 80, 100, 120, 200])('at %i columns, whatever the connections', (width) => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 12 }), fc.boolean(), (rows, isWho) => {
        const shown = new ConnectionTable(isWho ? { leadTitle: 'opened by' } : {});
        for (const row of rows) shown.add(row, isWho ? 'unknown' : '');
        for (const line of shown.lines({ width, paint: (text) => text }))
          expect(textWidth(line), line).toBeLessThanOrEqual(width);
      }),
      { numRuns: 200 },
    );
  });

  it('shows every address and port whole, however narrow it is', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 8 }), fc.nat(220), (rows, width) => {
        const text = printTable(rows, width);
        for (const { initiator, responder } of rows)
          for (const { address, port } of [initiator, responder])
            expect(text).toContain(
              port === null ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
            );
      }),
      { numRuns: 200 },
    );
  });
});
