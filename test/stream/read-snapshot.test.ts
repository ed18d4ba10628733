/** What is said of a snapshot that a disk, a queue or a hand has changed: which part it is, what it is, and what it should be. */
import { describe, expect, it } from 'vitest';
import { NO_LESSON } from '../../src/engine/observers/lessons.ts';
import { OptionError } from '../../src/model/errors.ts';
import { stateFromJson } from '../../src/stream/read-snapshot.ts';
import { stateToJson } from '../../src/stream/tracker-state.ts';

const FIELDS = 'version interface-id srcaddr dstaddr srcport dstport protocol start end log-status';
const LINE = `${FIELDS}\n3 eni-1 10.0.0.9 10.0.0.5 40000 443 6 0 59 OK`;
const REPLY = `${FIELDS}\n3 eni-1 10.0.0.5 10.0.0.9 443 40000 6 60 119 OK`;
const TIMELESS = `${FIELDS}\n3 eni-1 10.0.0.9 10.0.0.5 40000 443 6 - - OK`;
const SILENCE = `${FIELDS}\n3 eni-1 - - - - - 0 59 NODATA`;
const KEY = '10.0.0.5 443 6 10.0.0.9 40000 6';

const LESSON = {
  ...{ vpcId: 'vpc-1', records: 2, nodata: 1, first: 0, last: 119, longest: 59, rewrites: false },
  own: { v4: [['10.0.0.5', '10.0.0.7'], ['10.0.0.9']], v6: [[]] },
  skipped: [[120, 179]],
  ...{ bothWays: 4, halves: 1, toldTwice: { sums: 2, contradictions: 1, nests: 1 }, isSettled: true },
};

/** A whole snapshot, in the words of docs/stream.md: one key, with a record of each direction. */
const whole = () => ({
  ...{
    conntrail: 'tracker',
    version: 4,
    newest: 119 as unknown,
    claims: [`${FIELDS}\n${LINE.split('\n')[1]}`],
  },
  ...{ records: 3, late: 0, ahead: 1, rejected: 0, connections: 0 },
  held: [
    [
      KEY,
      {
        lines: [LINE, REPLY],
        last: 119,
        ways: 3,
        talks: false,
        ends: ['10.0.0.5 443 6', '10.0.0.9 40000 6'],
      },
    ],
  ] as unknown[],
  vantages: [['eni-1', LESSON]] as unknown[],
  ends: [['10.0.0.5 443 6', { answers: true, peers: ['10.0.0.9 40000 6'] }]] as unknown[],
});

const heldWith = (part: object) => {
  const [[key, held]] = whole().held as [[string, object]];
  return { held: [[key, { ...held, ...part }]] };
};
const lessonWith = (part: object) => ({ vantages: [['eni-1', { ...LESSON, ...part }]] });
const endWith = (part: object) => ({ ends: [['a 1 6', { answers: true, peers: [], ...part }]] });

const saidOf = (part: object): string => {
  let said = 'nothing';
  try {
    stateFromJson({ ...whole(), ...part });
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ code: 'option-invalid' });
    said = (error as OptionError).message.replace('The snapshot is damaged: ', '');
  }
  return said;
};

const A_COUNT = 'a whole number from 0';
const SECONDS = 'Unix seconds up to 4294967295';
const A_LINE = 'the names of fields, a line feed and a record of these fields';

describe('a snapshot that is whole', () => {
  it('is taken, and is the same when it is written again', () => {
    expect(stateToJson(stateFromJson(whole()))).toEqual(whole());
  });

  it.each<[what: string, part: object]>([
    ['no time yet', { newest: null }],
    ['the first second', { newest: 0 }],
    ['the last second', { newest: 4_294_967_295 }],
    ['a count of the largest whole number', { records: Number.MAX_SAFE_INTEGER }],
    ['an interface without a VPC', lessonWith({ vpcId: null })],
    ['an interface without times', lessonWith({ first: null, last: null, longest: null })],
    [
      'an interface of which too many addresses were seen',
      lessonWith({ own: { v4: [], v6: [['2001:db8::1']] } }),
    ],
    ['an interval that was lost, with one time', lessonWith({ skipped: [[null, 5]] })],
    ['an end that met nobody', endWith({ peers: [] })],
    ['a key of before it was noted whether records are more than headers', heldWith({ talks: undefined })],
    ['a key whose record has no times', heldWith({ lines: [TIMELESS], last: null, ways: 2 })],
  ])('may have %s', (_, part) => {
    expect(saidOf(part)).toBe('nothing');
  });
});

describe('a part of a snapshot', () => {
  it.each(['records', 'late', 'ahead', 'rejected', 'connections'])('is a count: %s', (name) => {
    expect(saidOf({ [name]: -1 })).toBe(`${name} is -1; expected ${A_COUNT}.`);
    expect(saidOf({ [name]: 0.5 })).toBe(`${name} is 0.5; expected ${A_COUNT}.`);
    expect(saidOf({ [name]: 2 ** 53 })).toBe(`${name} is 9007199254740992; expected ${A_COUNT}.`);
    expect(saidOf({ [name]: '1' })).toBe(`${name} is "1"; expected ${A_COUNT}.`);
    expect(saidOf({ [name]: undefined })).toBe(`${name} is missing; expected ${A_COUNT}.`);
    expect(saidOf({ [name]: null })).toBe(`${name} is null; expected ${A_COUNT}.`);
  });

  it.each<[said: string, part: object]>([
    [`newest is -1; expected ${SECONDS}.`, { newest: -1 }],
    [`newest is 4294967296; expected ${SECONDS}.`, { newest: 4_294_967_296 }],
    [`newest is 0.5; expected ${SECONDS}.`, { newest: 0.5 }],
    [`newest is true; expected ${SECONDS}.`, { newest: true }],
    ['claims is an object; expected a list.', { claims: {} }],
    [`claims[0] is 7; expected a text.`, { claims: [7] }],
    [`claims[1] is "x"; expected ${A_LINE}.`, { claims: [LINE, 'x'] }],
    ['vantages is missing; expected a list.', { vantages: undefined }],
    ['vantages[0] is a list; expected a list of 2.', { vantages: [['eni-1']] }],
    ['vantages[0] is a list; expected a list of 2.', { vantages: [['eni-1', LESSON, 1]] }],
    ['vantages[0] is "ab"; expected a list of 2.', { vantages: ['ab'] }],
    ['vantages[0][0] is 1; expected a text.', { vantages: [[1, LESSON]] }],
    ['vantages[0][1] is a list; expected an object.', { vantages: [['eni-1', []]] }],
    ['vantages[0][1] is null; expected an object.', { vantages: [['eni-1', null]] }],
    ['vantages[0][1] is "x"; expected an object.', { vantages: [['eni-1', 'x']] }],
    [
      'vantages[1][0] is "a"; expected a name that no other of the list has.',
      { vantages: ['a', 'a'].map((name) => [name, LESSON]) },
    ],
    ['vantages[0][1].vpcId is 1; expected a text.', lessonWith({ vpcId: 1 })],
    [`vantages[0][1].records is "x"; expected ${A_COUNT}.`, lessonWith({ records: 'x' })],
    [`vantages[0][1].nodata is -1; expected ${A_COUNT}.`, lessonWith({ nodata: -1 })],
    [`vantages[0][1].first is "x"; expected ${SECONDS}.`, lessonWith({ first: 'x' })],
    [`vantages[0][1].last is -1; expected ${SECONDS}.`, lessonWith({ last: -1 })],
    [`vantages[0][1].longest is false; expected ${SECONDS}.`, lessonWith({ longest: false })],
    ['vantages[0][1].rewrites is 1; expected true or false.', lessonWith({ rewrites: 1 })],
    ['vantages[0][1].own is null; expected an object.', lessonWith({ own: null })],
    ['vantages[0][1].own.v6 is missing; expected a list.', lessonWith({ own: { v4: [] } })],
    ['vantages[0][1].own.v4[0] is null; expected a list.', lessonWith({ own: { v4: [null], v6: [] } })],
    [
      'vantages[0][1].own.v4 is a list; expected a list of up to 8.',
      lessonWith({ own: { v4: Array(9).fill(['10.0.0.1']), v6: [] } }),
    ],
    [
      'vantages[0][1].own.v4[0] is a list; expected a list of up to 3.',
      lessonWith({ own: { v4: [Array(4).fill('10.0.0.1')], v6: [] } }),
    ],
    ['vantages[0][1].own.v4[0][0] is 5; expected a text.', lessonWith({ own: { v4: [[5]], v6: [] } })],
    [
      'vantages[0][1].own.v4[0][0] is null; expected an IPv4 address.',
      lessonWith({ own: { v4: [[null]], v6: [] } }),
    ],
    [
      'vantages[0][1].own.v4[0][0] is "10.0.0"; expected an address.',
      lessonWith({ own: { v4: [['10.0.0']], v6: [] } }),
    ],
    [
      'vantages[0][1].own.v4[0][0] is "2001:db8::1"; expected an IPv4 address.',
      lessonWith({ own: { v4: [['2001:db8::1']], v6: [] } }),
    ],
    [
      'vantages[0][1].own.v6[0][0] is "10.0.0.1"; expected an IPv6 address.',
      lessonWith({ own: { v4: [], v6: [['10.0.0.1']] } }),
    ],
    [`vantages[0][1].bothWays is -1; expected ${A_COUNT}.`, lessonWith({ bothWays: -1 })],
    [`vantages[0][1].halves is missing; expected ${A_COUNT}.`, lessonWith({ halves: undefined })],
    [
      `vantages[0][1].toldTwice.nests is -1; expected ${A_COUNT}.`,
      lessonWith({ toldTwice: { sums: 0, contradictions: 0, nests: -1 } }),
    ],
    ['vantages[0][1].isSettled is 1; expected true or false.', lessonWith({ isSettled: 1 })],
    ['vantages[0][1].skipped is 0; expected a list.', lessonWith({ skipped: 0 })],
    ['vantages[0][1].skipped[0] is a list; expected a list of 2.', lessonWith({ skipped: [[1]] })],
    [
      `vantages[0][1].skipped[1][0] is -1; expected ${SECONDS}.`,
      lessonWith({
        skipped: [
          [1, 2],
          [-1, 2],
        ],
      }),
    ],
    ['ends[0][1].answers is null; expected true or false.', endWith({ answers: null })],
    ['ends[0][1].peers is an object; expected a list.', endWith({ peers: {} })],
    ['ends[0][1].peers[1] is null; expected a text.', endWith({ peers: ['b 2 6', null] })],
    ['held[0][1].lines is missing; expected a list.', heldWith({ lines: undefined })],
    ['held[0][1].lines is a list; expected a record at least.', heldWith({ lines: [] })],
    ['held[0][1].ends is a list; expected a list of 2.', heldWith({ ends: ['a'] })],
    [
      'held[0][1].ends[1] is "10.0.0.5 443 6"; expected "10.0.0.9 40000 6", as its records have it.',
      heldWith({ ends: ['10.0.0.5 443 6', '10.0.0.5 443 6'] }),
    ],
    ['held[0][1].ways is 1; expected 3, as its records have it.', heldWith({ ways: 1 })],
    ['held[0][1].talks is true; expected false, as its records have it.', heldWith({ talks: true })],
    ['held[0][1].last is null; expected 119, as its records have it.', heldWith({ last: null })],
    [
      'held[0][1].last is 59; expected null, as its records have it.',
      heldWith({ lines: [LINE, TIMELESS], last: 59, ways: 2 }),
    ],
  ])('is named with what it is and what it should be: %s', (said, part) => {
    expect(saidOf(part)).toBe(said);
  });

  it('is quoted as JavaScript writes it where JSON has no word for it', () => {
    expect(saidOf({ records: Number.NaN })).toBe(`records is NaN; expected ${A_COUNT}.`);
    expect(saidOf({ records: Number.POSITIVE_INFINITY })).toBe(`records is Infinity; expected ${A_COUNT}.`);
  });

  it('is quoted up to 60 characters, its quotes among them', () => {
    expect(saidOf({ records: 'x'.repeat(58) })).toBe(`records is "${'x'.repeat(58)}"; expected ${A_COUNT}.`);
    expect(saidOf({ records: 'x'.repeat(59) })).toBe(`records is "${'x'.repeat(59)}…; expected ${A_COUNT}.`);
  });

  it('does nothing to a terminal when it is quoted', () => {
    // U+202E turns the reading direction; JSON does not spell it out.
    expect(saidOf({ records: '\u202e' })).toBe(`records is "\\u{202e}"; expected ${A_COUNT}.`);
  });

  it("is the snapshot's own, not what all objects have", () => {
    expect(() => stateFromJson(Object.create(whole()))).toThrow('newest is missing');
  });
});

describe('a line of a snapshot', () => {
  const [, RECORD] = LINE.split('\n') as [string, string];
  const QUOTE = (line: string): string => {
    const text = JSON.stringify(line);
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  };

  it.each<[what: string, line: string]>([
    ['nothing', ''],
    ['names alone', FIELDS],
    ['a line feed alone', '\n'],
    ['a record and a line more', `${LINE}\n${RECORD}`],
    ['a record and an empty line', `${LINE}\n`],
    ['a name twice', `${FIELDS} end\n${RECORD} 59`],
    ['a name that cannot be one', `${FIELDS} 7\n${RECORD} 7`],
    ["another spelling than AWS's", LINE.replace('srcaddr', 'src_addr')],
    ['a value less', `${FIELDS}\n${RECORD.slice(0, -3)}`],
    ['an address that is none', LINE.replace('10.0.0.9', '10.0.0')],
  ])('is no record: %s', (_, line) => {
    const said = `held[0][1].lines[1] is ${QUOTE(line)}; expected ${A_LINE}.`;
    expect(saidOf(heldWith({ lines: [LINE, line] }))).toBe(said);
    expect(saidOf({ claims: [line] })).toBe(`claims[0] is ${QUOTE(line)}; expected ${A_LINE}.`);
  });

  it('is read behind one that is none, and behind one of other fields', () => {
    const fewer = `${FIELDS.replace(' log-status', '')}\n${RECORD.slice(0, -3)}`;
    expect(saidOf({ claims: [LINE, fewer, REPLY, fewer] })).toBe('nothing');
    const times = stateFromJson({ ...whole(), claims: [REPLY, fewer] }).claims.map(({ time }) => time);
    expect(times).toEqual([59, 119]);
  });

  it('is of the key that it is held under', () => {
    const other = LINE.replace('40000', '40001');
    expect(saidOf(heldWith({ lines: [LINE, other] }))).toBe(
      `held[0][1].lines[1] is ${QUOTE(other)}; expected a record of the key "${KEY}".`,
    );
  });

  it('is held when it is of a connection, not when it tells of silence', () => {
    // Ends that a record of silence has none of are all zero.
    const none = ['0.0.0.0 0 0', '0.0.0.0 0 0'];
    const held = [[none.join(' '), { lines: [SILENCE], last: 59, ways: 2, ends: none }]];
    expect(saidOf({ held })).toBe(
      `held[0][1].lines[0] is ${QUOTE(SILENCE)}; expected a record of the key "0.0.0.0 0 0 0.0.0.0 0 0".`,
    );
  });

  it('that claims a time has one', () => {
    expect(saidOf({ claims: [TIMELESS] })).toBe(
      `claims[0] is ${QUOTE(TIMELESS)}; expected a record with a time.`,
    );
    expect(saidOf({ claims: [SILENCE] })).toBe('nothing');
  });
});

describe('what is no snapshot', () => {
  it.each<[what: string, json: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'tracker'],
    ['a list', ['tracker', 2]],
    ['another name', { ...whole(), conntrail: 'report' }],
    ['no name', { ...whole(), conntrail: undefined }],
    ['no version', { ...whole(), version: undefined }],
    ['version 0', { ...whole(), version: 0 }],
    ['version 5', { ...whole(), version: 5 }],
    ['a version in words', { ...whole(), version: '4' }],
  ])('is said to be none: %s', (_, json) => {
    expect(() => stateFromJson(json)).toThrow(OptionError);
    expect(() => stateFromJson(json)).toThrow('This is no snapshot of a tracker, or one of another version.');
  });

  it.each([
    // A pair of which one is its own, whatever the family: where one is left, nothing of the other family was seen.
    [undefined, { v4: [[]], v6: [[]] }],
    [['10.0.0.9', '10.0.0.5'], { v4: [['10.0.0.9'], ['10.0.0.5']], v6: [[]] }],
    [['10.0.0.9', null], { v4: [['10.0.0.9']], v6: [[]] }],
    [[null, '2001:db8::1'], { v4: [[]], v6: [['2001:db8::1']] }],
    [[null, null], { v4: [], v6: [] }],
  ])('of version 2 what it knew of addresses is taken over: %j', (own, taken) => {
    const { learned } = stateFromJson({ ...whole(), version: 2, ...lessonWith({ own }) });
    expect(learned.vantages.get('eni-1')?.own).toEqual(taken);
  });

  it('of version 2 nothing is asked for of both ways, which it did not have', () => {
    const { bothWays: _, halves: __, isSettled: ___, toldTwice: ____, ...known } = LESSON;
    const { learned } = stateFromJson({
      ...whole(),
      version: 2,
      vantages: [['eni-1', { ...known, own: ['10.0.0.9', null] }]],
    });
    expect(learned.vantages.get('eni-1')).toMatchObject({ bothWays: 0, halves: 0, isSettled: false });
  });

  it('of version 3 nothing is asked for of second flow logs, which it did not have', () => {
    const { toldTwice: _, ...known } = LESSON;
    const { learned } = stateFromJson({ ...whole(), version: 3, vantages: [['eni-1', known]] });
    expect(learned.vantages.get('eni-1')).toMatchObject({ bothWays: 4, toldTwice: NO_LESSON.toldTwice });
  });

  it('of version 1 nothing is asked for that it did not have', () => {
    const { ahead: _, claims: __, ...rest } = whole();
    const old = { ...rest, ...lessonWith({ own: ['10.0.0.9', null] }) };
    const { ahead, claims, records } = stateFromJson({ ...old, version: 1 });
    expect({ ahead, claims, records }).toEqual({ ahead: 0, claims: [], records: 3 });
    expect(() => stateFromJson({ ...old, version: 2 })).toThrow('ahead is missing');
  });
});
