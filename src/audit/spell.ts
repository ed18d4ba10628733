/** Numbers in the sentences of findings. */

export const spellNumber = (value: number): string => value.toLocaleString('en-US');

/** @example spellCount(1, 'reset') // '1 reset' */
export const spellCount = (count: number, one: string, many = `${one}s`): string =>
  `${spellNumber(count)} ${count === 1 ? one : many}`;

/** Seconds, whole from ten on. */
export const spellSeconds = (seconds: number): string =>
  `${spellNumber(seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds))} s`;

/** A list in words, without what is none. */
export const spellList = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');
