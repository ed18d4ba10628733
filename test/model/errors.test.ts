import { describe, expect, it } from 'vitest';
import {
  type ErrorCode,
  FormatError,
  InputError,
  isConntrailError,
  OptionError,
  OutputError,
} from '../../src/model/errors.ts';
import { REJECTION_REASONS } from '../../src/model/flow-record.ts';

/** Published: programs compare with them, so a code may be added here and none may change. */
const CODES: Readonly<Record<ErrorCode, true>> = {
  'option-invalid': true,
  'format-invalid': true,
  'format-unknown': true,
  'input-missing': true,
  'input-empty': true,
  'input-unreadable': true,
  'input-changed': true,
  'input-corrupt': true,
  'input-unsupported': true,
  'input-rejected': true,
  'input-too-large': true,
  'facts-incomplete': true,
  'output-failed': true,
  'spill-failed': true,
};

describe('errors', () => {
  it.each([OptionError, FormatError, InputError, OutputError])(
    '%o has its name, a code and a message',
    (Kind) => {
      for (const code of Object.keys(CODES) as ErrorCode[]) {
        const error = new Kind(code, 'what was wrong');
        expect(error).toBeInstanceOf(Error);
        expect([error.name, error.code, error.message]).toEqual([Kind.name, code, 'what was wrong']);
        expect(String(error)).toBe(`${Kind.name}: what was wrong`);
        expect(isConntrailError(error)).toBe(true);
      }
    },
  );

  it('keep their cause', () => {
    const cause = new Error('ENOENT');
    expect(new InputError('input-missing', 'no such file', { cause }).cause).toBe(cause);
  });

  it('are told from all others', () => {
    for (const other of [new Error('x'), new TypeError('x'), { code: 'input-missing' }, 'x', null, undefined])
      expect(isConntrailError(other)).toBe(false);
    expect(new FormatError('format-invalid', 'x')).not.toBeInstanceOf(InputError);
  });
});

describe('the reasons of rejections', () => {
  it('are a fixed set, each with a sentence', () => {
    expect(Object.keys(REJECTION_REASONS)).toEqual([
      'unknown-format',
      'too-few-fields',
      'too-many-fields',
      'bad-number',
      'out-of-range',
      'bad-address',
      'mixed-families',
      'bad-value',
      'bad-text',
      'bad-name',
      'ends-before-start',
      'line-too-long',
      'binary-data',
      'other-event',
    ]);
    for (const says of Object.values(REJECTION_REASONS)) expect(says).toMatch(/^\S.*\S$/);
  });
});
