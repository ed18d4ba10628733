/** The words of the output and what they mean, straight from the model: what `conntrail states` prints. */
import { CONNECTION_STATES, type ConnectionState, INITIATOR_BASES, VERDICTS } from '../model/connection.ts';
import { LASTED_FORMS, STILL_OPEN } from '../model/lasted.ts';
import { type Paint, STATE_STYLES } from './colours.ts';
import { SIGNS } from './table-notes.ts';
import { padText } from './text-width.ts';

const WORD_WIDTH = 16;

/** How tables say how long: a title, then a line a form. */
export const lastedLines = (): readonly [string, ...string[]] => [
  'lasted, age: how long, as far as the records prove',
  ...Object.values(LASTED_FORMS).map(({ example, means }) => `  ${padText(example, WORD_WIDTH)}${means}`),
  `  ${padText(`≥ 300 s ${STILL_OPEN}`, WORD_WIDTH)}so far: ${SIGNS.stillOpen.says}`,
];

/** All states, bases, verdicts and signs, a line each. */
export function* statesLines(paint: Paint): Generator<string> {
  yield paint('state: how a TCP connection went and ended', 'bold');
  for (const [state, says] of Object.entries(CONNECTION_STATES)) {
    yield `  ${paint(padText(state, WORD_WIDTH), STATE_STYLES[state as ConnectionState])}${says}`;
  }
  yield '';
  yield paint('initiator_basis: how it is known who opened it, the strongest first', 'bold');
  for (const [basis, { kind, says }] of Object.entries(INITIATOR_BASES)) {
    yield `  ${padText(basis, WORD_WIDTH)}${padText(kind, 10)}${says}`;
  }
  yield '';
  yield paint('verdict: what security groups and network ACLs did, and whether an answer came', 'bold');
  for (const [verdict, says] of Object.entries(VERDICTS)) yield `  ${padText(verdict, WORD_WIDTH)}${says}`;
  yield '';
  const [title, ...forms] = lastedLines();
  yield paint(title, 'bold');
  yield* forms;
  yield '';
  yield paint('signs in tables', 'bold');
  yield `  ${padText('→', WORD_WIDTH)}accepted, the initiator was observed`;
  for (const { sign, says } of Object.values(SIGNS)) yield `  ${padText(sign, WORD_WIDTH)}${says}`;
}
