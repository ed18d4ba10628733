/**
 * A snapshot in JSON, read as what a disk, a queue or a hand may have made of it: every part is looked at before a tracker
 * goes on from it, and the first that is missing or wrong is named by its path. What one part says of another must agree.
 */
import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import { NO_LESSON, type VantageLesson } from '../engine/observers/lessons.ts';
import { MOST_OWN, NO_RECORD_YET, type OwnSets } from '../engine/observers/own-addresses.ts';
import { OptionError } from '../model/errors.ts';
import { describeJson, JsonPart as Part } from '../model/json-part.ts';
import { KIND } from '../model/record-batch.ts';
import { canonicalAddress } from '../record/address.ts';
import { LARGEST_SECONDS } from '../record/parse-line.ts';
import { type Held, hold, keyOf, LineReader, orderEnds } from './held.ts';
import { type EndSeen, Learned, type RowSeen } from './learned.ts';
import { TrackerState } from './tracker-state.ts';
import { type Claim, timeOf } from './watermark.ts';

const damaged = (said: string): OptionError =>
  new OptionError('option-invalid', `The snapshot is damaged: ${said}.`);

const seconds = (part: Part): number => part.number(LARGEST_SECONDS, `Unix seconds up to ${LARGEST_SECONDS}`);
const secondsOrNull = (part: Part): number | null => part.orNull(seconds);
const textOrNull = (part: Part): string | null => part.orNull((known) => known.text());

/** A list of pairs as a map: a name that comes twice would lose what it named first. */
const mapOf = <Value>(part: Part, read: (value: Part, name: string) => Value): ImmutableMap<string, Value> =>
  ImmutableMap<string, Value>().withMutations((map) => {
    for (const pair of part.list()) {
      const [first, second] = pair.list(2) as [Part, Part];
      const name = first.text();
      if (map.has(name)) first.fail('a name that no other of the list has');
      map.set(name, read(second, name));
    }
  });

const rowIn = (line: Part, reader: LineReader): RowSeen =>
  reader.read(line.text()) ?? line.fail('the names of fields, a line feed and a record of these fields');

const readHeld = (part: Part, key: string, reader: LineReader): Held => {
  let held: Held | undefined;
  for (const line of part.of('lines').list()) {
    const row = rowIn(line, reader);
    if (row.kind !== KIND.flow || keyOf(orderEnds(row.from, row.to)) !== key)
      line.fail(`a record of the key ${describeJson(key)}`);
    held = hold(held, row, line.text());
  }
  if (held === undefined) return part.of('lines').fail('a record at least');
  const asTold = 'as its records have it';
  for (const [i, end] of part.of('ends').list(2).entries()) end.equal(held.ends[i as 0 | 1], asTold);
  part.of('ways').equal(held.ways, asTold);
  // Snapshots of before peers had to talk say nothing of it.
  part.of('talks').orMissing((told) => told.equal(held.talks, asTold));
  part.of('last').equal(held.last, asTold);
  return held;
};

const readAddress = (part: Part): string | null =>
  part.orNull((known) =>
    canonicalAddress(known.text()) === undefined ? known.fail('an address') : known.text(),
  );

const addressOf = (part: Part, isV6: boolean): string => {
  const address = readAddress(part);
  return address === null || address.includes(':') !== isV6
    ? part.fail(`an ${isV6 ? 'IPv6' : 'IPv4'} address`)
    : address;
};

const readSets = (part: Part, isV6: boolean): OwnSets =>
  part.upTo(2 ** MOST_OWN).map((set) => set.upTo(MOST_OWN).map((address) => addressOf(address, isV6)));

/** Up to version 2 there were two addresses of which one is its own, or one, or none, whatever their families. */
const readPair = (part: Part): VantageLesson['own'] => {
  const sets = part
    .list(2)
    .map(readAddress)
    .flatMap((address) => (address === null ? [] : [[address]]));
  const of = (isV6: boolean): OwnSets => sets.filter(([address]) => address?.includes(':') === isV6);
  // Where one family is left there was no record of the other.
  const untold = sets.length === 0 ? [] : NO_RECORD_YET;
  return {
    v4: of(false).length === 0 ? untold : of(false),
    v6: of(true).length === 0 ? untold : of(true),
  };
};

const readOwn = (part: Part, version: number): VantageLesson['own'] =>
  version < 3
    ? // JSON leaves out what is undefined.
      (part.of('own').orMissing(readPair) ?? NO_LESSON.own)
    : {
        v4: readSets(part.of('own').of('v4'), false),
        v6: readSets(part.of('own').of('v6'), true),
      };

const readToldTwice = (part: Part): VantageLesson['toldTwice'] => ({
  sums: part.of('sums').count(),
  contradictions: part.of('contradictions').count(),
  nests: part.of('nests').count(),
});

const readLesson = (part: Part, version: number): VantageLesson => ({
  vpcId: textOrNull(part.of('vpcId')),
  records: part.of('records').count(),
  nodata: part.of('nodata').count(),
  first: secondsOrNull(part.of('first')),
  last: secondsOrNull(part.of('last')),
  longest: secondsOrNull(part.of('longest')),
  rewrites: part.of('rewrites').flag(),
  own: readOwn(part, version),
  skipped: part
    .of('skipped')
    .list()
    .map((interval) => interval.list(2).map(secondsOrNull) as [number | null, number | null]),
  // Versions before had nothing of these.
  bothWays: version < 3 ? 0 : part.of('bothWays').count(),
  halves: version < 3 ? 0 : part.of('halves').count(),
  toldTwice: version < 4 ? NO_LESSON.toldTwice : readToldTwice(part.of('toldTwice')),
  isSettled: version >= 3 && part.of('isSettled').flag(),
});

const readEnd = (part: Part): EndSeen => ({
  answers: part.of('answers').flag(),
  peers: ImmutableSet(
    part
      .of('peers')
      .list()
      .map((peer) => peer.text()),
  ),
});

const readClaims = (part: Part, reader: LineReader): Claim[] =>
  part
    .list()
    .map((each): Claim => {
      const time = timeOf(rowIn(each, reader));
      return time === null ? each.fail('a record with a time') : { time, line: each.text() };
    })
    .sort((a, b) => a.time - b.time);

/**
 * The state that a snapshot in JSON tells.
 * @throws OptionError (option-invalid) when it is none, one of another version, or damaged: then it names the part
 */
export const stateFromJson = (json: unknown): TrackerState => {
  const whole = new Part(json, '', damaged);
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  const isOurs =
    typeof json === 'object' && json !== null && 'conntrail' in json && json.conntrail === 'tracker';
  if (!isOurs || (version !== 1 && version !== 2 && version !== 3 && version !== 4))
    throw new OptionError('option-invalid', 'This is no snapshot of a tracker, or one of another version.');
  const reader = new LineReader();
  const state = {
    newest: secondsOrNull(whole.of('newest')),
    records: whole.of('records').count(),
    late: whole.of('late').count(),
    rejected: whole.of('rejected').count(),
    connections: whole.of('connections').count(),
    held: mapOf(whole.of('held'), (part, key) => readHeld(part, key, reader)),
    learned: new Learned(
      mapOf(whole.of('vantages'), (part) => readLesson(part, version)),
      mapOf(whole.of('ends'), readEnd),
    ),
  };
  // Version 1 had no times that were not believed.
  if (version === 1) return TrackerState(state);
  const ahead = whole.of('ahead').count();
  return TrackerState({ ...state, ahead, claims: readClaims(whole.of('claims'), reader) });
};
