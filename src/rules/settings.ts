/**
 * What a run is set to. It stands in the memory that instances share (layout.ts), written by whoever sets it and read by
 * each instance when it begins to judge: nothing is copied from one to another. What is settled later than that is
 * not kept here.
 */
import {
  ADDRESS_TABLE,
  ATTEMPT_PACKETS,
  ATTEMPT_SECONDS,
  BARE_BYTES_V4,
  BARE_BYTES_V6,
  EXCHANGE_SECONDS,
  FLAGLESS_SECONDS,
  GROUP_NAMES,
  KEY_ORDER,
  LATER_SECONDS,
  LINGER_SECONDS,
  MOST_PEERS,
  NONE,
  OBSERVED_ONLY,
  OPEN_SECONDS,
  ROW_FORM,
  SHARED_PEERS,
  SILENT_ATTEMPT,
  SILENT_CLOSED,
  SILENT_EXCHANGE,
  SILENT_FLAGLESS,
  SILENT_WHOLE,
  SLACK_SECONDS,
  WHOLE_SECONDS,
} from './layout.ts';
import { doubleAt, putWord, wordAt } from './port.ts';

/**
 * How far behind the first instance's room to work (from WORK on) this instance's lies: instances that share the memory
 * judge side by side, each in a room of its own.
 */
export let aside: usize = 0;

export function setAside(bytes: usize): void {
  aside = bytes;
}

// Seconds.
export let attemptLimit: f64 = 0;
let openLimit: f64 = 0;
export let lingerLimit: f64 = 0;
let wholeLimit: f64 = 0;
let flaglessLimit: f64 = 0;
let exchangeLimit: f64 = 0;
export let slack: f64 = 0;
/** After which a kind of silence ends a connection. */
export function limitOf(silence: u32): f64 {
  if (silence === SILENT_EXCHANGE) return exchangeLimit;
  if (silence === SILENT_ATTEMPT) return attemptLimit;
  if (silence === SILENT_CLOSED) return lingerLimit;
  if (silence === SILENT_WHOLE) return wholeLimit;
  return silence === SILENT_FLAGLESS ? flaglessLimit : openLimit;
}

/** By which a FIN is surely later than another. */
export let surelyLater: f64 = 0;

/** The most a packet without payload weighs. */
export let bareV4: f64 = 0;
export let bareV6: f64 = 0;
/** The most packets that an attempt without an answer has. */
export let attemptPackets: f64 = 0;

/** How many more ends an end talks to than its peer when it is shared. */
export let manyPeers: u32 = 0;
/** To how many they are counted. */
export let mostPeers: u32 = 0;
/** Nobody is inferred. */
export let observedOnly: bool = false;
/** What is written of each connection: see ROW_FORM. */
export let form: u32 = 0;
/** The form of this instance alone; NONE for that of all. */
let ownForm: u32 = NONE;

export function setForm(own: u32): void {
  ownForm = own;
}

/** What is told of networks, by group of observers. */
export let groups: usize = 0;
/** The sixteen bytes of every IPv6 address by its id. */
export let addresses: usize = 0;
/** The keys in order, 16 bytes each: ends 0, second 8, key 12. */
export let order: usize = 0;

/** To be called whenever this instance begins to judge: others may have set something meanwhile. */
export function readSettings(): void {
  attemptLimit = doubleAt(ATTEMPT_SECONDS);
  openLimit = doubleAt(OPEN_SECONDS);
  lingerLimit = doubleAt(LINGER_SECONDS);
  wholeLimit = doubleAt(WHOLE_SECONDS);
  flaglessLimit = doubleAt(FLAGLESS_SECONDS);
  exchangeLimit = doubleAt(EXCHANGE_SECONDS);
  slack = doubleAt(SLACK_SECONDS);
  surelyLater = doubleAt(LATER_SECONDS);
  bareV4 = doubleAt(BARE_BYTES_V4);
  bareV6 = doubleAt(BARE_BYTES_V6);
  attemptPackets = doubleAt(ATTEMPT_PACKETS);
  manyPeers = wordAt(SHARED_PEERS);
  mostPeers = wordAt(MOST_PEERS);
  observedOnly = wordAt(OBSERVED_ONLY) !== 0;
  form = ownForm === NONE ? wordAt(ROW_FORM) : ownForm;
  groups = wordAt(GROUP_NAMES);
  addresses = wordAt(ADDRESS_TABLE);
  order = wordAt(KEY_ORDER);
}

/** Where IPv6 addresses lie from now on. */
export function setAddresses(at: usize): void {
  putWord(ADDRESS_TABLE, at);
  addresses = at;
}

/** Where the keys in order lie from now on. */
export function setOrder(at: usize): void {
  putWord(KEY_ORDER, at);
  order = at;
}
