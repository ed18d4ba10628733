/** Bytes as the value of every option of the command line: a value that means something, or a sentence that names it. */
import assert from 'node:assert/strict';
import {
  type CommonFlags,
  chooseFormat,
  engineOptions,
  FORMATS,
  filterOptions,
} from '../../src/cli/options.ts';
import { matchesEndpoint, parseEndpoint } from '../../src/cli/parse-endpoint.ts';
import { parseTime } from '../../src/cli/parse-time.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { valueOrError } from './expected-error.ts';
import { checkVisible } from './visible-text.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const INVALID = ['option-invalid'] as const;

/** An offset is less than a day (RFC 3339 §5.6, time-numoffset). */
const MOST_OFFSET = 86_400;
/** 0000-01-01 and 9999-12-31 in Unix seconds: 719,528 days before 1970, 2,932,896 after it. */
const [EARLIEST, LATEST] = [-719_528 * 86_400 - MOST_OFFSET, 2_932_897 * 86_400 + MOST_OFFSET];

const checkTime = (text: string): void => {
  const seconds = valueOrError(() => parseTime(text, '--since'), INVALID);
  if (seconds === undefined) return;
  assert.ok(Number.isInteger(seconds) && seconds >= EARLIEST && seconds <= LATEST, `${text} is ${seconds}`);
};

const checkEndpoint = (text: string): void => {
  const pattern = valueOrError(() => parseEndpoint(text), INVALID);
  if (pattern === undefined) return;
  checkVisible(pattern.text, 'an endpoint');
  const { port, range } = pattern;
  assert.ok(range !== null || port !== null, 'an endpoint that is every endpoint');
  assert.ok(port === null || (Number.isInteger(port) && port >= 0 && port <= 65535));
  for (const address of ['10.0.0.1', '2001:db8::1', '']) {
    const end = { address, port: port ?? 443 };
    assert.equal(matchesEndpoint(pattern, end), range === null || range(address));
  }
};

const FLAGS = [
  'idle',
  'scope',
  'since',
  'until',
  'threads',
] as const satisfies readonly (keyof CommonFlags)[];
const LISTS = ['address', 'port', 'state', 'initiatedBy'] as const satisfies readonly (keyof CommonFlags)[];

const checkFlags = (text: string): void => {
  for (const name of FLAGS) {
    const idle = valueOrError(() => {
      const options = engineOptions({ [name]: text });
      reconstruct([], options);
      return options.idleSeconds;
    }, INVALID);
    assert.ok(idle === undefined || idle >= 1, `--idle ${text} is ${idle}`);
    valueOrError(() => filterOptions({ [name]: text }), INVALID);
  }
  for (const name of LISTS) {
    const filters = valueOrError(() => filterOptions({ [name]: [text] }), INVALID);
    // An option that was given never filters nothing.
    if (filters === undefined) continue;
    const { addresses, ports, states, initiatedBy } = filters;
    assert.ok(addresses.length + ports.length + states.length + initiatedBy.length > 0, `--${name} ${text}`);
    for (const port of ports) assert.ok(Number.isInteger(port) && port >= 0 && port <= 65535);
  }
  valueOrError(() => chooseFormat({ format: text }, FORMATS, true), INVALID);
  valueOrError(() => chooseFormat({ output: text }, FORMATS, false), INVALID);
};

export const checkOptions = (bytes: Uint8Array): void => {
  const text = decoder.decode(bytes);
  checkTime(text);
  checkEndpoint(text);
  checkFlags(text);
};
