/** The words for what the system does not hand over. */
import { describe, expect, it } from 'vitest';
import { reasonOf, unreadable } from '../../src/input/source.ts';

describe('the reason of a failure', () => {
  it.each([
    ['EACCES', 'permission denied'],
    ['EPERM', 'permission denied'],
    ['EISDIR', 'it is a folder'],
    ['ENOTDIR', 'a part of its path is not a folder'],
    ['ENOENT', 'it does not exist'],
    ['ELOOP', 'its links lead in a circle'],
    ['EMFILE', 'too many files are open'],
    ['EIO', 'the device reports an error'],
    ['ENAMETOOLONG', 'its name is too long'],
  ])('%s means: %s', (code, words) => {
    expect(reasonOf(Object.assign(new Error('in other words'), { code }))).toBe(words);
  });

  it('keeps words that it has no better ones for', () => {
    expect(reasonOf(Object.assign(new Error('out of luck'), { code: 'EOTHER' }))).toBe('out of luck');
    expect(reasonOf(new Error('out of luck'))).toBe('out of luck');
    expect(reasonOf('out of luck')).toBe('out of luck');
  });
});

it('says what the system does not hand over, by a name that does nothing to a terminal', () => {
  const cause = Object.assign(new Error('no'), { code: 'EACCES' });
  expect(unreadable('\u001b[31m.log', cause)).toMatchObject({
    code: 'input-unreadable',
    message: 'Cannot read \\x1b[31m.log: permission denied.',
    cause,
  });
});
