/**
 * Packets that a transit gateway dropped, by reason: its route tables, its MTU or the packet's TTL, and no filter. Source:
 * "Transit Gateway Flow Log records" (packets-lost-*), "Quotas" (MTU) of the Amazon VPC Transit Gateways guide.
 */
import type { FieldName } from './fields.ts';
import { spellCounted } from './spell-values.ts';

// In the order that records, rows and the rules have them.
export const LOSSES = {
  'no-route': {
    field: 'packets-lost-no-route',
    says: 'no route',
    check:
      'Check the transit gateway route table that this attachment is associated with: it has no route to the destination. Add one, or let the other attachment propagate its routes.',
  },
  blackhole: {
    field: 'packets-lost-blackhole',
    says: 'blackhole route',
    check:
      'Check the transit gateway route table that this attachment is associated with: its route to the destination is a blackhole. It was created as one, or the attachment that it pointed to is gone.',
  },
  'mtu-exceeded': {
    field: 'packets-lost-mtu-exceeded',
    says: 'larger than the MTU',
    check:
      'Check the MTU of both ends: a transit gateway passes 8500 bytes, 1500 over VPN, and drops what is larger.',
  },
  'ttl-expired': {
    field: 'packets-lost-ttl-expired',
    says: 'TTL expired',
    check: 'Check the transit gateway route tables for a loop: the packets had used up their TTL.',
  },
} as const satisfies Readonly<
  Record<string, { readonly field: FieldName; readonly says: string; readonly check: string }>
>;
export type LossReason = keyof typeof LOSSES;
export const LOSS_REASONS = Object.keys(LOSSES) as readonly LossReason[];

/** Packets by the reason for which they were dropped. */
export type Losses = Readonly<Record<LossReason, number>>;

/** The most that is counted of one reason in one record: 32 bits. */
export const MOST_LOST = 0xffffffff;

/** The reasons in words: `blackhole route, TTL expired`. */
export const describeReasons = (reasons: readonly LossReason[]): string =>
  reasons.map((reason) => LOSSES[reason].says).join(', ');

/** What was lost in words: `3 packets, blackhole route`. */
export const describeLosses = (losses: Losses): string =>
  LOSS_REASONS.filter((reason) => losses[reason] > 0)
    .map((reason) => `${spellCounted(losses[reason], 'packet')}, ${LOSSES[reason].says}`)
    .join('; ');

/** The reasons of a flat row: words with a blank between them. */
export const readReasons = (text: string | null): readonly LossReason[] =>
  LOSS_REASONS.filter((reason) => text?.split(' ').includes(reason));

/** Counts in the order of {@link LOSS_REASONS}; null where all are 0. */
export const lossesOf = (counts: readonly number[]): Losses | null =>
  counts.every((packets) => packets === 0)
    ? null
    : (Object.fromEntries(LOSS_REASONS.map((reason, i) => [reason, counts[i] ?? 0])) as Losses);

/** Such counts with a blank between them, and back. */
export const spellLosses = (losses: Losses | null): string | null =>
  losses === null ? null : LOSS_REASONS.map((reason) => losses[reason]).join(' ');
export const readLosses = (text: string | null): Losses | null =>
  text === null ? null : lossesOf(text.split(' ').map(Number));
