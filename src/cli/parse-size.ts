/** `500000000`, `64M`, `1.5G`, `512MiB` → bytes; units are powers of 1024. */
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

const UNITS = ['', 'k', 'm', 'g', 't'];

/**
 * Bytes, a whole number.
 * @param option the option's name, for the message
 * @throws OptionError
 */
export const parseSize = (text: string, option: string): number => {
  const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,3})?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(digits) * 1024 ** UNITS.indexOf(unit?.toLowerCase() ?? ''));
  if (!(bytes > 0 && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw new OptionError(
      'option-invalid',
      `${option} is "${escapeControls(text)}"; expected bytes such as 500000000, or 64M, 1.5G.`,
    );
  }
  return bytes;
};
