/** `90`, `90s`, `10m`, `1h`, `2d` → seconds. */
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

/**
 * Seconds.
 * @param option the option's name, for the message
 * @throws OptionError
 */
export const parseDuration = (text: string, option: string): number => {
  const [, digits, unit] = /^(\d{1,9}(?:\.\d+)?)\s*([smhd]?)$/.exec(text.trim()) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit ?? ''] ?? Number.NaN);
  if (!(seconds > 0)) {
    throw new OptionError(
      'option-invalid',
      `${option} is "${escapeControls(text)}"; expected seconds such as 90, or 90s, 10m, 1h.`,
    );
  }
  return seconds;
};
