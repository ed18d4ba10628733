/** Names that people have for addresses: they are shown beside an address, never instead of it, and decide nothing. */
import { escapeControls } from './escape.ts';

/**
 * The name of an address, or of all of a range in CIDR notation; null where there is none. It is text of others: escape it before
 * showing it.
 */
export type NameOf = (address: string) => string | null;

/** The names of both ends, as objects for programs have them. */
export interface EndNames {
  readonly initiatorName: string | null;
  readonly responderName: string | null;
}

/** ` (db-1)`, safe to show; nothing for an address without a name. */
export const besideAddress = (address: string, names: NameOf | undefined): string => {
  const name = names?.(address) ?? null;
  return name === null ? '' : ` (${escapeControls(name)})`;
};
