/** What stands beside a lane, word by word, and the family that gives it its colour. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectionWindow, WindowSide } from '../../src/model/connection.ts';
import { FAMILIES, familyOf, familyOfState } from '../../src/timeline/families.ts';
import {
  closeWord,
  isRejected,
  nameOfLane,
  nameOfLaneWithin,
  openingWord,
  stateWord,
  vantageName,
  windowWord,
} from '../../src/timeline/lane-words.ts';
import { connection, vantage } from '../export/connection.ts';

/** Flags are sums: FIN 1, SYN 2, RST 4, SYN-ACK 18. */
const sent = (given: Partial<WindowSide> = {}): WindowSide => ({
  ...{ packets: 3, bytes: 568, flags: 2, action: 'accept' },
  ...given,
});
const window = (initiator: WindowSide | null, responder: WindowSide | null): ConnectionWindow => ({
  ...{ start: 0, end: 60, initiator, responder },
});

describe('the words of a lane', () => {
  it('name both ends, with a question mark where nobody knows who opened', () => {
    expect(nameOfLane(connection())).toBe('52.213.180.42:43418 → 10.0.0.62:5001');
    expect(nameOfLane(connection({ initiatorBasis: 'none', responder: { port: null } }))).toBe(
      '52.213.180.42:43418 ? 10.0.0.62',
    );
  });

  it('have as much of the names as has room, the same for both, and what one leaves', () => {
    const named = (initiator: string, responder: string) => (address: string) =>
      address === '10.0.0.62' ? responder : initiator;
    const at = (most: number, initiator: string, responder: string): string =>
      nameOfLaneWithin(connection(), named(initiator, responder), most);
    // 36 characters are the addresses.
    const both = '52.213.180.42:43418 (Dublin office) → 10.0.0.62:5001 (web-1)';
    expect(both).toHaveLength(60);
    expect(at(60, 'Dublin office', 'web-1')).toBe(both);
    // ` (web-1)` takes 8 of 23, the other has 15 of its 16.
    expect(at(59, 'Dublin office', 'web-1')).toBe(
      '52.213.180.42:43418 (Dublin offi…) → 10.0.0.62:5001 (web-1)',
    );
    // 20 are 10 for each.
    expect(at(56, 'Dublin office', 'production')).toBe(
      '52.213.180.42:43418 (Dublin…) → 10.0.0.62:5001 (produc…)',
    );
    expect(at(51, 'Dublin office', 'production')).toBe(nameOfLane(connection()));
    expect(at(10, 'Dublin office', 'web-1')).toBe(nameOfLane(connection()));
    expect(nameOfLaneWithin(connection(), undefined, 100)).toBe(nameOfLane(connection()));
  });

  it('are never longer than they may be, and begin as the address does', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 36, max: 120 }), (first, second, most) => {
        const names = (address: string) => (address === '10.0.0.62' ? second : first);
        const text = nameOfLaneWithin(connection(), names, most);
        expect([...text].length).toBeLessThanOrEqual(most);
        expect(text).toMatch(/^52\.213\.180\.42:43418(?: \(.*\))? → 10\.0\.0\.62:5001/s);
      }),
    );
  });

  it('are its state, or the protocol of an exchange', () => {
    expect(stateWord(connection({ state: 'half-closed' }))).toBe('half-closed');
    expect(stateWord(connection({ state: null, protocol: 'u\u001bdp' }))).toBe('u\\x1bdp exchange');
  });

  it('name the interface, else the resource, else the host that opened', () => {
    expect(vantageName(connection())).toBe('eni-1235b8ca123456789');
    const resource = vantage({ interfaceId: null, resourceId: 'nat-\u0007' });
    expect(vantageName(connection({ vantages: [resource] }))).toBe('nat-\\x07');
    expect(vantageName(connection({ vantages: [vantage({ interfaceId: null })] }))).toBe('52.213.180.42');
    expect(vantageName(connection({ vantages: [] }))).toBe('52.213.180.42');
  });

  it.each([
    ['handshake', 'handshake'],
    ['simultaneous', 'handshake'],
    ['syn-ack', 'SYN-ACK'],
    ['syn', 'SYN'],
  ] as const)('opened by %s, it shows %s', (initiatorBasis, word) => {
    expect(openingWord(connection({ initiatorBasis }))).toBe(word);
    expect(openingWord(connection({ initiatorBasis, openedAt: null }))).toBeNull();
  });

  it.each([
    [3, 19, 'FIN'],
    [2, 18, 'close'],
    [2, 19, 'FIN'],
    [6, 19, 'RST'],
    [3, 22, 'RST'],
    [null, 1, 'FIN'],
    [1, null, 'FIN'],
    [null, null, 'close'],
  ] as const)('with flags %s and %s it ended by %s', (mine, theirs, how) => {
    const ends = { initiator: { flags: mine }, responder: { flags: theirs } };
    expect(closeWord(connection({ ...ends, closedBy: null }))).toBe(how);
    expect(closeWord(connection({ ...ends, closedBy: 'responder' }))).toBe(`${how} by responder`);
    expect(closeWord(connection({ ...ends, closedAt: null }))).toBeNull();
  });

  it('tell of a window what each side sent, with which flags, and whether it was stopped', () => {
    expect(windowWord(window(sent(), sent({ bytes: 376, flags: 18 })))).toBe('→ 568 B SYN, ← 376 B SYN-ACK');
    expect(windowWord(window(sent({ flags: 0 }), null))).toBe('→ 568 B');
    expect(windowWord(window(null, sent({ flags: null, bytes: null })))).toBe('← –');
    expect(windowWord(window(sent({ action: 'reject' }), sent({ action: 'mixed', flags: 1 })))).toBe(
      '→ 568 B SYN REJECT, ← 568 B FIN MIXED',
    );
    expect(windowWord(window(sent({ action: null }), null))).toBe('→ 568 B SYN');
    expect(windowWord(window(null, null))).toBe('');
  });

  it.each([
    ['accept', null, false],
    ['reject', null, true],
    ['mixed', 'accept', true],
    ['accept', 'reject', true],
    ['accept', 'mixed', true],
    [null, 'accept', false],
  ] as const)('a window of %s and %s holds a rejected packet: %s', (mine, theirs, is) => {
    expect(isRejected(window(sent({ action: mine }), sent({ action: theirs })))).toBe(is);
  });

  it('of a window that nobody was seen in were not rejected', () => {
    expect(isRejected(window(null, null))).toBe(false);
    expect(isRejected(window(null, sent({ action: 'reject' })))).toBe(true);
  });
});

describe('families', () => {
  it.each([
    ['whole', ['established', 'half-closed', 'closed']],
    ['failed', ['attempted', 'blocked', 'refused', 'abandoned']],
    ['reset', ['reset']],
    ['partial', ['answered', 'midstream', 'flagless']],
  ] as const)('%s are %j, as their legend says', (family, states) => {
    for (const state of states) {
      expect(familyOfState(state)).toBe(family);
      expect(familyOf(connection({ state }))).toBe(family);
    }
    if (family !== 'reset') expect(FAMILIES[family]).toContain(`: ${states.join(', ')}`);
  });

  it('are exchanges where there is no state, or one that nobody knows', () => {
    expect(familyOf(connection({ state: null }))).toBe('exchange');
    expect(familyOfState('something else')).toBe('exchange');
  });
});
