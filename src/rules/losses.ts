/**
 * Packets that transit gateways lost, by reason: their route tables, their MTU, the packets' TTL; no filter. What one attachment
 * lost no other saw, and nothing is added up over views: the one that lost most speaks for the connection.
 */
import { LOSS_REASONS } from './layout.ts';
import { hasLosses, lossOf, nextOfView } from './records.ts';
import { firstRecordOf, loses, nameRankOf } from './view-rows.ts';

/** The view that lost most, the first by name of equals, 0 for none; how many packets, and for which reasons, as bits. */
export let lostView: usize = 0;
export let packetsLost: f64 = 0;
export let lostBecause: u32 = 0;

/** Begins with another connection. */
export function forgetLosses(): void {
  lostView = 0;
  packetsLost = 0;
  lostBecause = 0;
}

/** Packets that a view lost for a reason. */
export function lossesIn(view: usize, reason: u32): f64 {
  if (!loses(view)) return 0;
  let lost: f64 = 0;
  for (let record = firstRecordOf(view); record !== 0; record = nextOfView(record))
    if (hasLosses(record)) lost += lossOf(record, reason) as f64;
  return lost;
}

/** Adds a view. */
export function addLosses(view: usize): void {
  if (!loses(view)) return;
  let lost: f64 = 0;
  let because: u32 = 0;
  for (let reason: u32 = 0; reason < LOSS_REASONS; reason++) {
    const ofReason = lossesIn(view, reason);
    if (ofReason > 0) because |= 1 << reason;
    lost += ofReason;
  }
  if (
    lostView !== 0 &&
    !(lost > packetsLost || (lost === packetsLost && nameRankOf(view) < nameRankOf(lostView)))
  )
    return;
  lostView = view;
  packetsLost = lost;
  lostBecause = because;
}
