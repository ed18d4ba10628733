/**
 * Writes docs/state-machine.md from the tables themselves, so that what an engineer signs is what runs.
 * `npm run docs` writes the page; a test fails when it is stale.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventsOf, TCP_EVENTS } from '../src/meaning/events.ts';
import { NOTES } from '../src/meaning/notes.ts';
import { ENDINGS, OPENINGS, outcomeOf, ZEEK_ALONE, ZEEK_NOTES } from '../src/meaning/outcomes.ts';
import { SIDE_STATES, STATES, TRANSITIONS } from '../src/meaning/transitions.ts';
import { CONNECTION_STATES } from '../src/model/connection.ts';
import { IDLE_LIMITS, SLACK_SECONDS } from '../src/model/idle-limits.ts';

const PAGE = join(import.meta.dirname, '../docs/state-machine.md');

/** A Markdown table, its columns padded so that the text reads as one too. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length), 3));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
};

const legend = table([
  ['', 'state', 'this side has shown'],
  ...SIDE_STATES.map((state) => [state, STATES[state].name, STATES[state].says]),
]);

const transitions = [
  `          ${SIDE_STATES.join('  ')}`,
  ...TCP_EVENTS.map((event) => `${event.padEnd(8)}  ${TRANSITIONS[event].join('  ')}`),
].join('\n');

const notes = TCP_EVENTS.map((event) => {
  const reasons = SIDE_STATES.flatMap((state, column) => {
    const note = NOTES[`${event}.${state}`];
    return note === undefined ? [] : [[state, TRANSITIONS[event][column] as string, note]];
  });
  return `### ${event}\n\n${table([['in', 'becomes', 'because'], ...reasons])}`;
}).join('\n\n');

const FLAG_VALUES = [0, 1, 2, 3, 4, 5, 6, 7, 18, 19, 22, 23];

const events = table([
  ['tcp-flags', 'events', 'with bytes that prove payload'],
  ...FLAG_VALUES.map((flags) => [
    String(flags),
    eventsOf(flags, false).join(', '),
    eventsOf(flags, true).join(', '),
  ]),
  ['-', eventsOf(null, false).join(', '), eventsOf(null, true).join(', ')],
]);

const BEGAN = ['silent', 'talking', 'syn', 'synAck'] as const;
const ENDED = ['open', 'fin', 'rst', 'finRst'] as const;

const openings = table([
  ['opener began', ...BEGAN.map((began) => `answerer: ${began}`)],
  ...BEGAN.map((mine) => [mine, ...BEGAN.map((theirs) => OPENINGS[mine][theirs])]),
]);

/** Why Zeek has another word than the plain one, for the cells of one table. */
const zeekNotes = (opening: keyof typeof ENDINGS): string => {
  const rows = ENDED.flatMap((mine) =>
    ENDED.flatMap((theirs) => {
      const note = ZEEK_NOTES[`${opening}.${mine}.${theirs}`];
      return note === undefined
        ? []
        : [[mine, theirs, ENDINGS[opening][mine][theirs].split(' ')[1] ?? '', note]];
    }),
  );
  return table([['opener', 'answerer', 'Zeek says', 'because'], ...rows]);
};

const endings = (Object.keys(ENDINGS) as (keyof typeof ENDINGS)[])
  .map(
    (opening) =>
      `### ${opening}\n\n${table([
        ['opener ended', ...ENDED.map((ended) => `answerer: ${ended}`)],
        ...ENDED.map((mine) => [mine, ...ENDED.map((theirs) => ENDINGS[opening][mine][theirs])]),
      ])}\n\n${zeekNotes(opening)}`,
  )
  .join('\n\n');

const alone = table([
  ['only seen', ...ENDED],
  ...(['responder', 'initiator'] as const).map((side) => [
    side,
    ...ENDED.map((ended) => ZEEK_ALONE[side][ended]),
  ]),
]);

/** Zeek's words beside each of ours, in the order in which the tables name them. */
const zeekWords = new Map<string, Set<string>>([
  // The verdict decides what is blocked; Zeek knows no filter.
  ['blocked', new Set(['S0', 'S1', 'after a close the word of its packets'])],
  ['flagless', new Set(['OTH'])],
]);
for (const opener of SIDE_STATES) {
  for (const answerer of SIDE_STATES) {
    const { state, connState } = outcomeOf(opener, answerer);
    zeekWords.set(state, (zeekWords.get(state) ?? new Set()).add(connState));
  }
}

const outcomes = table([
  ['state', 'seen', "Zeek's `conn_state`"],
  ...Object.entries(CONNECTION_STATES).map(([state, says]) => [
    `\`${state}\``,
    says,
    [...(zeekWords.get(state) ?? [])].sort().join(', '),
  ]),
]);

const limits = table([
  ['situation', 'seconds', 'because'],
  [
    'an attempt without an answer',
    String(IDLE_LIMITS.attemptSeconds),
    'Linux gives up after 127 s (tcp_syn_retries 6), others sooner',
  ],
  [
    'an open connection (`--idle`)',
    String(IDLE_LIMITS.openSeconds),
    'security groups track it for as long; Linux sends its first keepalive after 7,200 s',
  ],
  [
    'one without flags (`--idle`)',
    String(IDLE_LIMITS.flaglessSeconds),
    "silence is its only divider: longer than the 350 s of AWS's gateways",
  ],
  [
    'a closed one, for its stragglers',
    String(IDLE_LIMITS.lingerSeconds),
    'twice the MSL of 60 s, as TIME-WAIT is timed in practice (RFC 9293 §3.4.2)',
  ],
  [
    'a whole life in one interval, with packets enough for two',
    String(IDLE_LIMITS.wholeSeconds),
    'a second connection may go on in the next interval; two intervals last that long at most',
  ],
  [
    'other protocols',
    String(IDLE_LIMITS.exchangeSeconds),
    'security groups forget a UDP stream after as long',
  ],
  [
    "slack of AWS's times",
    String(SLACK_SECONDS),
    'a packet may be stamped that much later than it was on the wire',
  ],
]);

/** The page as it should be. */
export const stateMachinePage = (): string => `# The state machine

Generated from \`src/meaning/transitions.ts\`, \`src/meaning/notes.ts\`, \`src/meaning/events.ts\` and \`src/meaning/outcomes.ts\` by
\`npm run docs\`; a test fails when this page is stale. Whoever knows TCP can check it without reading any code.

## Why this form

There are two ways to write TCP's life as a table: by role, initiator and responder in one state (nf_conntrack), or one
table of what **a side** has shown and a second one that reads off a pair of sides (Zeek's endpoints). The second was
chosen, for three reasons. A flow log often shows the roles last: a SYN-ACK before its SYN, a connection that was open when
the log began. AWS's times are boxes with a minute of slack, so the two directions of an interval have no order, and two
sides stepped apart give the same end whichever comes first. And an outcome becomes one look at a table, never a history of
special cases.

## From flags to events

One record carries the flags of many packets OR-ed over its interval. Their order is not in the log; they are taken in the
order a connection has: it opens, it talks, it closes. \`data\` stands for everything that has no flag which AWS reports.

${events}

## What a side has shown

${legend}

One row an event, one column what the side had shown before. \`__\`: nothing new. \`XX\`: contradicts what this side showed; the
state stays and the connection is marked \`contradicted\`.

\`\`\`text
${transitions}
\`\`\`

## Reasons

${notes}

## What two sides mean

How it was opened: \`attempt\` nobody answered, \`answered\` the whole handshake or what proves it, \`noSyn\` a SYN-ACK only,
\`midstream\` no handshake in the log. Who is the opener is decided from evidence first ([meaning](meaning.md)).

${openings}

How it ended, with Zeek's \`conn_state\` beside our word: what Zeek's own code writes for such packets (\`conn_state\` in
\`scripts/base/protocols/conn/main.zeek\`, and its TCP analyzer), in the order that a connection has. Below each table stands why,
where Zeek's word is not the plain one. Where packets of the other side prove the handshake and no record has the SYN-ACK, the log
lost it: Zeek, which sees every packet, would have had it.

${endings}

### When only one side was seen

When of a \`noSyn\` connection nothing was seen but the side that sent the SYN-ACK, Zeek goes by that side alone; the state is
\`answered\` all the same.

${alone}

## The states of a connection

\`blocked\` and \`flagless\` do not come from this table: the first is decided by the verdict, the second by the format. Zeek knows no
filter, so what was blocked has the word of its packets: \`S0\`, or \`S1\` where a SYN-ACK was stopped, and another only where the
log shows a close. Without flags what was blocked is \`S0\`, all else \`OTH\`.

${outcomes}

## Time

Time is kept out of the table. A key that is silent for longer than this starts a new connection with its next record:

${limits}
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, stateMachinePage());
