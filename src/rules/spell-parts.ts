/** What every kind of line is made of: texts that are taught for it, and the addresses of the key at hand. */
import { FIXED, TEXT_SIZE } from './layout.ts';
import { bytesOfV6 } from './names.ts';
import { isV6 } from './records.ts';
import { putIPv4, putIPv6, putText } from './spell-values.ts';

/** One of the texts that stand around values: see fixedTexts in row-texts.ts. */
export function putFixed(text: u32): void {
  putText(FIXED + text * TEXT_SIZE);
}

export function putAddress(address: u32): void {
  if (isV6) putIPv6(bytesOfV6(address));
  else putIPv4(address);
}
