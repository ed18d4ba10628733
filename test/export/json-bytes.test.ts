/** Rows spelt as bytes are the lines of json-lines.ts, in pieces that stay whole as long as their reader may need them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonBytes, jsonPieces, jsonPiecesAlone } from '../../src/export/json-bytes.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { COLUMNS } from '../../src/export/row.ts';
import type { Connection } from '../../src/model/connection.ts';
import type { FlatRow } from '../../src/model/flat-row.ts';
import { anyConnection } from './arbitrary-connection.ts';
import { connection, vantage } from './connection.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const V6 = ['2001:db8::1', '2001:db8::2'] as const;
const ADDRESSES = { text: (id: number): string => V6[id] ?? '::' };

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** What the engine would hold of a connection between IPv4 addresses, or between the two of V6. */
const flat = (whole: Connection): FlatRow => {
  const isV6 = whole.initiator.address.includes(':');
  const address = (text: string): number => (isV6 ? V6.indexOf(text as (typeof V6)[0]) : numberOf(text));
  const { initiator, responder, vantages, ...rest } = whole;
  const { interfaceId, vpcId, subnetId, instanceId, accountId } = vantages[0] ?? {
    ...{ interfaceId: null, vpcId: null, subnetId: null, instanceId: null, accountId: null },
  };
  return {
    ...rest,
    uid: encoder.encode(whole.uid),
    communityId: encoder.encode(whole.communityId ?? ''),
    hasCommunityId: whole.communityId !== null,
    isV6,
    initiatorAddress: address(initiator.address),
    initiatorPort: initiator.port,
    initiatorPackets: initiator.packets,
    initiatorBytes: initiator.bytes,
    initiatorFlags: initiator.flags,
    responderAddress: address(responder.address),
    responderPort: responder.port,
    responderPackets: responder.packets,
    responderBytes: responder.bytes,
    responderFlags: responder.flags,
    vantages: vantages.length,
    place: { interfaceId, vpcId, subnetId, instanceId, accountId },
  };
};

const spelt = (whole: Connection, json = new JsonBytes(ADDRESSES, 64)): string =>
  decoder.decode(json.line(flat(whole)));

/** The places of a network, each met as one object, as the engine hands them in. */
const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a row as bytes', () => {
  it("is the line of AWS's documented connection, value by value", () => {
    expect(spelt(connection())).toBe(
      '{"uid":"Cp1","community_id":"1:abc=","protocol":"tcp",' +
        '"initiator_address":"52.213.180.42","initiator_port":43418,' +
        '"responder_address":"10.0.0.62","responder_port":5001,' +
        '"initiator_basis":"handshake","initiator_confidence":1,"state":"closed","closed_by":"initiator",' +
        '"conn_state":"SF","history":"ShDdFf","verdict":"accepted",' +
        '"first_seen":1566848875,"last_seen":1566849113,"opened_at":1566848875,"opened_by":1566848933,' +
        '"closed_after":1566848933,"closed_at":1566849113,"duration_min":0,"duration_max":298,' +
        '"initiator_packets":15844,"initiator_bytes":23395289,"responder_packets":1231,"responder_bytes":64020,' +
        '"initiator_flags":3,"responder_flags":19,"windows":2,"records":4,"vantages":1,' +
        '"interface_id":"eni-1235b8ca123456789","vpc_id":"vpc-abcdefab012345678",' +
        '"subnet_id":"subnet-aaaaaaaa012345678","instance_id":"i-01234567890123456","account_id":"123456789010",' +
        '"starts_midstream":false,"ends_open":false,"one_sided":false,"has_gap":false,"may_hide_reuse":false,' +
        '"contradicted":false,"path":null}\n',
    );
  });

  it('spells whole numbers of any size', () => {
    const json = new JsonBytes(ADDRESSES, 64);
    const edges = [0, 1, 9, 10, 11, 90, 99, 100, 101, 109, 999, 1000, 1001, 9999, 10_000, 99_999, 100_000];
    const large = [999_999_999, 1_000_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];
    for (const bytes of [...edges, ...large]) {
      expect(spelt(connection({ initiator: { bytes } }), json)).toContain(`"initiator_bytes":${bytes},"resp`);
    }
  });

  it('spells IPv4 addresses itself and asks for IPv6', () => {
    const ends = (initiator: string, responder: string): string =>
      spelt(connection({ initiator: { address: initiator }, responder: { address: responder } }));
    expect(ends('0.9.10.255', '255.100.99.0')).toContain('"initiator_address":"0.9.10.255","initiator_port"');
    expect(ends('0.9.10.255', '255.100.99.0')).toContain(
      '"responder_address":"255.100.99.0","responder_port"',
    );
    expect(ends(...V6)).toContain('"initiator_address":"2001:db8::1",');
    expect(ends(...V6)).toContain('"responder_address":"2001:db8::2",');
  });

  it('spells a confidence as JavaScript does, and what is not known as null', () => {
    const unknown = connection({
      ...{ communityId: null, state: null, closedBy: null, connState: null, history: null, openedAt: null },
      ...{ startsMidstream: null, endsOpen: true, oneSided: true, contradicted: true },
      initiatorConfidence: 0.85,
      initiator: { port: null },
      vantages: [],
    });
    const [row] = rowsOf(spelt(unknown));
    expect(row).toMatchObject({
      ...{ community_id: null, state: null, closed_by: null, conn_state: null, history: null },
      ...{ opened_at: null, initiator_port: null, initiator_confidence: 0.85, vantages: 0 },
      ...{ interface_id: null, vpc_id: null, subnet_id: null, instance_id: null, account_id: null },
      ...{ starts_midstream: null, ends_open: true, one_sided: true, has_gap: false, contradicted: true },
    });
    expect(spelt(unknown)).toBe(`${toJsonLine(unknown)}\n`);
  });

  it('is the line of json-lines.ts, whatever marks, words and counts it holds', () => {
    const whole = fc.maxSafeNat();
    const count = fc.option(whole, { nil: null });
    const any = fc
      .tuple(anyConnection, fc.array(count, { minLength: 8, maxLength: 8 }), fc.array(fc.boolean()))
      .map(([given, counts, marks]): Connection => {
        const [at = null, by = null, packets = null, bytes = null, flags = null, port = null] = counts;
        const [endsOpen = null, oneSided = false, mayHideReuse = false, contradicted = false] = marks;
        const times = { firstSeen: at, lastSeen: by, openedAt: at, openedBy: by, closedAfter: at };
        const spans = { closedAt: by, durationMin: counts[6] ?? null, durationMax: counts[7] ?? null };
        const side = { packets, bytes, flags, port };
        return {
          ...given,
          ...{ uid: 'C1', communityId: given.communityId === null ? null : '1:x=' },
          ...times,
          ...spans,
          ...{ endsOpen, oneSided, mayHideReuse, contradicted },
          initiator: { ...side, address: '10.0.0.1' },
          responder: { ...side, packets: bytes, bytes: packets, address: '10.0.0.2' },
        };
      });
    fc.assert(
      fc.property(any, (each) => {
        expect(spelt(each)).toBe(`${toJsonLine(each)}\n`);
      }),
    );
  });

  it('is whole however long its path and its identifiers are', () => {
    const path = 'eni-a → '.repeat(2000);
    const interfaceId = 'e'.repeat(5000);
    const json = new JsonBytes(ADDRESSES, 64);
    for (const each of [
      connection(),
      connection({ path }),
      connection({ vantages: [vantage({ interfaceId })] }),
    ])
      expect(spelt(each, json)).toBe(`${toJsonLine(each)}\n`);
  });
});

describe('pieces of rows', () => {
  it('stay as they are until the next but one is taken', () => {
    const json = new JsonBytes(ADDRESSES, 64);
    const first = json.line(flat(connection({ uid: 'C1' })));
    const second = json.line(flat(connection({ uid: 'C2' })));
    expect(rowsOf(decoder.decode(first))).toMatchObject([{ uid: 'C1' }]);
    expect(rowsOf(decoder.decode(second))).toMatchObject([{ uid: 'C2' }]);
  });

  it('hold all rows written since the last, and tell how long they are', () => {
    const json = new JsonBytes(ADDRESSES, 64);
    expect(json.length).toBe(0);
    // Twelve rows of some 900 bytes are far more than it has room for at first.
    for (let i = 0; i < 12; i++) json.write(flat(connection({ uid: `C${i}` })));
    const { length } = json;
    const piece = json.take();
    expect(piece).toHaveLength(length);
    expect(rowsOf(decoder.decode(piece)).map(({ uid }) => uid)).toEqual(
      Array.from({ length: 12 }, (_, i) => `C${i}`),
    );
    expect(json.length).toBe(0);
  });

  const nowhere = (): null => null;
  const many = Array.from({ length: 700 }, (_, i) => flat(connection({ uid: `C${i}` })));

  it('are given at 256 KiB, the rest in the end, each row counted once', () => {
    const counted: [unknown, number][] = [];
    const source = { rows: many, addresses: ADDRESSES, lines: nowhere };
    const pieces: string[] = [];
    for (const piece of jsonPiecesAlone(source, (row, times) => counted.push([row, times])))
      pieces.push(decoder.decode(piece));
    // A row has about 950 bytes: 700 are some 650 KiB.
    expect(pieces).toHaveLength(3);
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBeGreaterThanOrEqual(2 ** 18);
    for (const piece of pieces) expect(piece.length).toBeLessThan(2 ** 18 + 2048);
    expect(rowsOf(pieces.join('')).map(({ uid }) => uid)).toEqual(many.map((_, i) => `C${i}`));
    expect(counted).toEqual(many.map((row) => [row, 1]));
  });

  it('end with the row that makes them 256 KiB long', () => {
    // Without its path the row has a length of its own; with it, it has 2^18 bytes.
    const bare = spelt(connection({ path: '' })).length;
    const long = flat(connection({ path: 'x'.repeat(2 ** 18 - bare) }));
    const source = { rows: [long, long], addresses: ADDRESSES, lines: nowhere };
    expect([...jsonPiecesAlone(source, () => {})].map(({ length }) => length)).toEqual([2 ** 18, 2 ** 18]);
  });

  it('have none of their bytes where the source rests, and go on behind it', () => {
    const rows = [undefined, flat(connection({ uid: 'C1' })), undefined, flat(connection({ uid: 'C2' }))];
    let counted = 0;
    const lengths: number[] = [];
    let text = '';
    for (const piece of jsonPiecesAlone({ rows, addresses: ADDRESSES, lines: nowhere }, () => counted++)) {
      lengths.push(piece.length);
      text += decoder.decode(piece);
    }
    expect(rowsOf(text).map(({ uid }) => uid)).toEqual(['C1', 'C2']);
    expect(lengths).toEqual([0, 0, text.length]);
    expect(counted).toBe(2);
  });

  it('are none where there is no row', () => {
    const source = { rows: [], addresses: ADDRESSES, lines: nowhere };
    expect([...jsonPiecesAlone(source, () => {})]).toEqual([]);
  });

  it('come by the quickest way that the source knows', async () => {
    const piece = encoder.encode('{}\n');
    const together = async function* () {
      yield piece;
    };
    const rows = [flat(connection())];
    const all = { rows, addresses: ADDRESSES, lines: () => [piece, piece], linesTogether: together };
    const given = async (source: Parameters<typeof jsonPieces>[0]): Promise<number> => {
      let pieces = 0;
      for await (const each of jsonPieces(source, () => {})) {
        expect(each === piece).toBe(source !== plain);
        pieces++;
      }
      return pieces;
    };
    const plain = { rows, addresses: ADDRESSES, lines: nowhere, linesTogether: nowhere };
    expect(await given(all)).toBe(1);
    expect(await given({ ...all, linesTogether: nowhere })).toBe(2);
    expect(await given(plain)).toBe(1);
  });
});

it('spells the same values for whoever writes rows by another way', () => {
  const json = new JsonBytes(ADDRESSES, 64);
  expect(COLUMNS.slice(0, 2).map(({ name }) => json.before(name))).toEqual(['{"uid":', ',"community_id":']);
  expect(['a"b', 1.5, true, null].map((value) => json.value(value))).toEqual([
    '"a\\"b"',
    '1.5',
    'true',
    'null',
  ]);
  expect(json.end).toBe('}\n');
});
