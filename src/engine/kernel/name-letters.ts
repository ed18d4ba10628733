/** What names of connections are spelt with, and how long they are. */

/** `C` and seventeen letters of six bits. */
export const UID_LENGTH = 18;

/** The letters of six bits. */
export const UID_ALPHABET = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
);

/** `1:` and twenty bytes in base64. */
export const COMMUNITY_ID_LENGTH = 2 + 28;

/** The letters of base64 (RFC 4648 §4). */
export const BASE64 = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
);
