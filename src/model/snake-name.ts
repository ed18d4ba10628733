/** A name of ours as other languages write it: `firstSource` is `first_source`. */
export const snakeName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
