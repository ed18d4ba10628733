/**
 * JSON Lines: one flat row a line, exactly as `JSON.stringify(toRow(connection))` would spell it. The line is
 * written out by hand because half a million rows should not wait for half a million objects; a property
 * test holds it to the table in row.ts. What repeats from row to row is escaped once and remembered.
 */
import type { Connection, Vantage } from '../model/connection.ts';
import { plainName, type SpeltName } from '../model/spelt-name.ts';
import type { LineFormat } from './in-pieces.ts';
import { type Cell, COLUMNS } from './row.ts';

/** What JSON cannot hold between quotes as it is; JSON.stringify spells out lone surrogates. */
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

const quote = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`);

/** Enough for the interfaces and busy addresses of a large network, small enough to forget. */
const MOST_REMEMBERED = 1 << 16;
let quoted = new Map<string, string>();

/** For text that repeats from row to row. */
const quoteId = (text: string | null): string => {
  if (text === null) return 'null';
  const known = quoted.get(text);
  if (known !== undefined) return known;
  // Starting anew is cheaper than knowing who was used last.
  if (quoted.size >= MOST_REMEMBERED) quoted = new Map();
  const fresh = quote(text);
  quoted.set(text, fresh);
  return fresh;
};

/** Words of our own vocabulary never need escaping. */
const word = (text: string | null): string => (text === null ? 'null' : `"${text}"`);

/** JSON has no NaN and no infinity. */
const number = (value: number | null): string => (Number.isFinite(value) ? `${value}` : 'null');

/** One cell as it stands in a line. */
export const toJsonCell = (cell: Cell): string => {
  if (typeof cell === 'string') return quote(cell);
  return typeof cell === 'number' ? number(cell) : `${cell}`;
};

type Place = Pick<Vantage, 'interfaceId' | 'vpcId' | 'subnetId' | 'instanceId' | 'accountId'>;

const NOWHERE: Place = { interfaceId: null, vpcId: null, subnetId: null, instanceId: null, accountId: null };
let places = new Map<string | null, { readonly place: Place; readonly text: string }>();

const spellPlace = (place: Place): string =>
  `"interface_id":${quoteId(place.interfaceId)},"vpc_id":${quoteId(place.vpcId)},"subnet_id":${quoteId(place.subnetId)},` +
  `"instance_id":${quoteId(place.instanceId)},"account_id":${quoteId(place.accountId)}`;

/** The five columns of the primary vantage, remembered by interface: most runs have few. */
const placeOf = (place: Place): string => {
  const known = places.get(place.interfaceId);
  if (
    known !== undefined &&
    known.place.vpcId === place.vpcId &&
    known.place.subnetId === place.subnetId &&
    known.place.instanceId === place.instanceId &&
    known.place.accountId === place.accountId
  ) {
    return known.text;
  }
  if (places.size >= MOST_REMEMBERED) places = new Map();
  const text = spellPlace(place);
  places.set(place.interfaceId, { place, text });
  return text;
};

/**
 * The flat row as one line of JSON, without a line end.
 * @example toJsonLine(connection) // {"uid":"…","community_id":"1:…","protocol":"tcp",…}
 */
export const toJsonLine = (connection: Connection): string => {
  const { initiator, responder, communityId } = connection;
  return (
    `{"uid":${quote(connection.uid)},"community_id":${communityId === null ? 'null' : quote(communityId)},` +
    `"protocol":${quoteId(connection.protocol)},` +
    `"initiator_address":${quoteId(initiator.address)},"initiator_port":${number(initiator.port)},` +
    `"responder_address":${quoteId(responder.address)},"responder_port":${number(responder.port)},` +
    `"initiator_basis":${word(connection.initiatorBasis)},"initiator_confidence":${number(connection.initiatorConfidence)},` +
    `"state":${word(connection.state)},"closed_by":${word(connection.closedBy)},` +
    `"conn_state":${quoteId(connection.connState)},"history":${quoteId(connection.history)},"verdict":${word(connection.verdict)},` +
    `"first_seen":${number(connection.firstSeen)},"last_seen":${number(connection.lastSeen)},` +
    `"opened_at":${number(connection.openedAt)},"opened_by":${number(connection.openedBy)},` +
    `"closed_after":${number(connection.closedAfter)},"closed_at":${number(connection.closedAt)},` +
    `"duration_min":${number(connection.durationMin)},"duration_max":${number(connection.durationMax)},` +
    `"rejected_at":${quoteId(connection.rejectedAt)},"rejected_from":${number(connection.rejectedFrom)},"rejected_side":${word(connection.rejectedSide)},` +
    `"lost_at":${quoteId(connection.lostAt)},"packets_lost":${number(connection.packetsLost)},"lost_because":${word(connection.lostBecause)},` +
    `"initiator_packets":${number(initiator.packets)},"initiator_bytes":${number(initiator.bytes)},` +
    `"responder_packets":${number(responder.packets)},"responder_bytes":${number(responder.bytes)},` +
    `"initiator_flags":${number(initiator.flags)},"responder_flags":${number(responder.flags)},` +
    `"windows":${number(connection.windows)},"records":${number(connection.records)},"vantages":${connection.vantages.length},` +
    `${placeOf(connection.vantages[0] ?? NOWHERE)},` +
    `"starts_midstream":${connection.startsMidstream},"ends_open":${connection.endsOpen},"one_sided":${connection.oneSided},` +
    `"has_gap":${connection.hasGap},"may_hide_reuse":${connection.mayHideReuse},"contradicted":${connection.contradicted},` +
    `"path":${quoteId(connection.path)}}`
  );
};

/** JSON Lines of whole rows, as the command line and the library write them. */
export const JSON_LINES: LineFormat = { header: '', line: (connection) => `${toJsonLine(connection)}\n` };

/** @param first the column that a line begins with */
const spellerFrom = (first: string) =>
  ({
    before: (column: string): string => `${column === first ? '{' : ','}"${column}":`,
    value: (value: string | number | boolean | null): string => JSON.stringify(value),
    quotes: ['"', '"'],
    empty: '',
    end: '}\n',
    /** A name inside a text asks nothing of it: what has to be is escaped. */
    name: (text: string): SpeltName => plainName(JSON.stringify(text).slice(1, -1)),
  }) as const;

/** How the engine spells JSON Lines by itself (LineSpeller in engine/kernel): the same bytes as {@link JSON_LINES}. */
export const JSON_SPELLER = spellerFrom(COLUMNS[0].name);

/** The same of chosen columns, at least one, in their order. */
export const chosenJsonSpeller = (columns: readonly string[]) => ({
  ...spellerFrom(columns[0] as string),
  columns,
});
