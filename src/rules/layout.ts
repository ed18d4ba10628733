/**
 * Where things lie in the memory of the rules, in bytes, and how records, keys, observers and vantages are
 * laid out. The first 19 pages are fixed; what grows with the input lies behind them, in blocks that never
 * move (memory.ts). Whoever teaches and reads that memory takes these constants from the rules that were loaded.
 */

/** TCP records by their flags. */
export const FLAG_COUNTS: u32 = 1024;

/** What filing has found of the next rows: the hash of the key and the slot to look from, a word each of {@link AHEAD} rows. */
export const AHEAD: u32 = 16;
export const HASHES: u32 = 2048;
export const SLOTS_FROM: u32 = HASHES + AHEAD * 4;

/**
 * What allocation knows (memory.ts): a lock 0, bytes handed out behind what is fixed 4, the first free region 8, and 12 the
 * most pages of 64 KiB that there may be, 0 for all that 32 bits can address; fewer in tests.
 */
export const ALLOCATION: u32 = 4096;
export const MOST_PAGES: u32 = ALLOCATION + 12;

// What a run is set to, in seconds and bytes as doubles: see settings.ts, which every instance reads it by.
export const SETTINGS: u32 = 4160;
/** Seconds after which an unanswered attempt, an open connection, a closed one and an exchange are over. */
export const ATTEMPT_SECONDS: u32 = SETTINGS;
export const OPEN_SECONDS: u32 = SETTINGS + 8;
export const LINGER_SECONDS: u32 = SETTINGS + 16;
export const EXCHANGE_SECONDS: u32 = SETTINGS + 24;
export const SLACK_SECONDS: u32 = SETTINGS + 32;
/** Seconds by which a FIN is surely later than another. */
export const LATER_SECONDS: u32 = SETTINGS + 40;
/** The most a packet without payload weighs. */
export const BARE_BYTES_V4: u32 = SETTINGS + 48;
export const BARE_BYTES_V6: u32 = SETTINGS + 56;
// Words: a number, whether, and where a table lies (0 for nowhere).
/** How many more ends an end talks to than its peer when it is shared. */
export const SHARED_PEERS: u32 = SETTINGS + 64;
export const OBSERVED_ONLY: u32 = SETTINGS + 68;
/** Whether outlines are written instead of lines. */
export const WRITES_OUTLINES: u32 = SETTINGS + 72;
/** By group of observers: the two words that name its network. */
export const GROUP_NAMES: u32 = SETTINGS + 76;
/** The table of networks that belong together: see SCOPES. */
export const SCOPE_TABLE: u32 = SETTINGS + 80;
/** The sixteen bytes of every IPv6 address by its id. */
export const ADDRESS_TABLE: u32 = SETTINGS + 84;
/** The keys in order: see order.ts. */
export const KEY_ORDER: u32 = SETTINGS + 88;
/** The ends that somebody asks for: see services.ts. */
export const SERVICE_TABLE: u32 = SETTINGS + 92;

/** Rows of a batch: as many as BATCH_CAPACITY in model/record-batch.ts. */
export const CAPACITY: u32 = 4096;

// The columns of the batch that the engine needs, each named as in RecordBatch.
const COLUMNS: u32 = 65536;
const WIDE: u32 = CAPACITY * 8;
const WORD: u32 = CAPACITY * 4;
const HALF: u32 = CAPACITY * 2;
export const packets: u32 = COLUMNS;
export const bytes: u32 = packets + WIDE;
export const present: u32 = bytes + WIDE;
export const srcAddr: u32 = present + WORD;
export const dstAddr: u32 = srcAddr + WORD;
export const fromAddr: u32 = dstAddr + WORD;
export const toAddr: u32 = fromAddr + WORD;
export const start: u32 = toAddr + WORD;
export const end: u32 = start + WORD;
export const interfaceId: u32 = end + WORD;
export const resourceId: u32 = interfaceId + WORD;
export const vpcId: u32 = resourceId + WORD;
export const subnetId: u32 = vpcId + WORD;
export const instanceId: u32 = subnetId + WORD;
export const accountId: u32 = instanceId + WORD;
export const srcPort: u32 = accountId + WORD;
export const dstPort: u32 = srcPort + HALF;
export const kind: u32 = dstPort + HALF;
export const families: u32 = kind + CAPACITY;
export const protocol: u32 = families + CAPACITY;
export const tcpFlags: u32 = protocol + CAPACITY;
export const action: u32 = tcpFlags + CAPACITY;
export const direction: u32 = action + CAPACITY;

// What a row has (present), of which families its addresses are, and the kinds of rows, as model/record-batch.ts has them.
export const ROW_HAS_START: u32 = 1;
export const ROW_HAS_END: u32 = 2;
export const ROW_HAS_COUNTS_AND_TIMES: u32 = 15;
export const ROW_HAS_TCP_FLAGS: u32 = 16;
export const ROW_HAS_FLAGS_COLUMN: u32 = 32;
export const ROW_HAS_SRC_ADDR: u32 = 64;
export const ROW_HAS_DST_ADDR: u32 = 128;
export const ROW_SRC_IS_V6: u32 = 1;
export const ROW_DST_IS_V6: u32 = 2;
export const ROW_FROM_IS_V6: u32 = 4;
export const ROW_FLOW: u32 = 0;
export const ROW_ADDRESS_ONLY: u32 = 1;

// Every flow record of a run, filed under its key: both directions and all vantages of a talk meet in one place.
// A record: packets 0, bytes 8, start 16, end 20, next 24, observer 28, info 32, own 36.
export const RECORD_SIZE: u32 = 40;
export const RECORD_BLOCK_BITS: u32 = 15;
// A key: low 0, high 4, ports 8, kind 12, head 16, count 20, first 24, evidence 28.
export const KEY_SIZE: u32 = 32;
export const KEY_BLOCK_BITS: u32 = 15;
/** Addresses of the blocks. */
export const MOST_BLOCKS: u32 = 4096;
export const RECORD_BLOCKS: u32 = 524288;
export const KEY_BLOCKS: u32 = RECORD_BLOCKS + MOST_BLOCKS * 4;
/** Addresses of the blocks of observers and of vantages while filing. */
export const MOST_OBSERVER_BLOCKS: u32 = 2048;
export const OBSERVER_BLOCK_BITS: u32 = 13;
export const OBSERVER_BLOCKS: u32 = KEY_BLOCKS + MOST_BLOCKS * 4;
export const VANTAGE_BLOCKS: u32 = OBSERVER_BLOCKS + MOST_OBSERVER_BLOCKS * 4;
/** Addresses of the blocks of what observers are to the judge, in the place of both: each fits where a block of theirs was. */
export const TOLD_BLOCK_BITS: u32 = 12;
export const TOLD_BLOCKS: u32 = OBSERVER_BLOCKS;

// The bits of a record's info word; the low byte is tcp-flags.
export const HAS_FLAGS: u32 = 1 << 8;
export const FLAGS_COLUMN: u32 = 1 << 9;
export const FROM_HIGH: u32 = 1 << 10;
export const ACCEPT: u32 = 1 << 11;
export const REJECT: u32 = 1 << 12;
export const HAS_START: u32 = 1 << 13;
export const HAS_END: u32 = 1 << 14;
export const HAS_PACKETS: u32 = 1 << 15;
export const HAS_BYTES: u32 = 1 << 16;
export const SRC_REWRITTEN: u32 = 1 << 17;
export const DST_REWRITTEN: u32 = 1 << 18;
export const OWN_IS_V6: u32 = 1 << 19;
export const FLOW_DIRECTION: u32 = 20;
export const SHOWS_SRC: u32 = 1 << 22;
export const SHOWS_DST: u32 = 1 << 23;

export const TCP: u32 = 6;
export const UDP: u32 = 17;
export const ICMP: u32 = 1;
export const ICMPV6: u32 = 58;
export const KEY_V6: u32 = 0x100;
/** Nothing: a first second, an own address. */
export const NONE: u32 = 0xffffffff;

// A vantage: first 0, records 4, last 8, longest 12, own 16 and 20, marks 24, what it is called by the caller 28.
export const VANTAGE_SIZE: u32 = 32;
export const REWRITES: u32 = 1;
export const ANY_OWN: u32 = 2;
export const ONE_IS_V6: u32 = 4;
export const OTHER_IS_V6: u32 = 8;
/** Without them there is no last second, and no longest interval. */
export const HAS_LAST: u32 = 16;
export const HAS_LONGEST: u32 = 32;

// What the meanings of flags, states and evidence are: filled by meaning-tables.ts.
/** By payload (512), flags (256) and state of a side: its next state, 128 set where that contradicts. */
export const NEXT: u32 = 573440;
/** By flags: the bits below. */
export const TRAITS: u32 = NEXT + 8192;
export const PLAIN_SYN: u32 = 1;
export const SYN_ACK: u32 = 2;
export const OPENS: u32 = 4;
export const CLOSES: u32 = 8;
export const FIN: u32 = 16;
/** By flags: the rank among records of equal times. */
export const OPENING_RANKS: u32 = TRAITS + 256;
/** By flags: the fewest packets that an opening and a close of two connections need. */
export const FEWEST_OF_TWO: u32 = OPENING_RANKS + 256;
/** By payload and flags, 16 bits each: letters of the history. */
export const LETTERS: u32 = FEWEST_OF_TWO + 256;
/** By letters: 15 bytes of text, then its length. */
export const HISTORIES: u32 = LETTERS + 1024;
/** By the states of initiator and responder, 8 bytes: the closer, marks, what follows, and a life by closer. */
export const LIVES: u32 = HISTORIES + 16384;
export const CLOSER_AT: u32 = 0;
export const MARKS_AT: u32 = 1;
export const TRAITS_AT: u32 = 2;
export const LIFE_AT: u32 = 3;
/** Of CLOSER_AT: whose FIN came first says it. */
export const CLOSER_BY_FIN: u32 = 3;
/** Of TRAITS_AT. */
export const IS_BOUNDED: u32 = 1;
/** By evidence of SYN and SYN-ACK: the direction of the initiator, 2 for nobody. */
export const OPENERS: u32 = LIVES + 2048;
/** By flow-direction and direction: the end an interface stands at, 2 for nobody knows. */
export const ENDS: u32 = OPENERS + 16;
/** By state of a side: the bits below. */
export const SIDE_TRAITS: u32 = ENDS + 16;
export const BEGAN_SYN: u32 = 1;
export const ENDED_FIN: u32 = 2;
export const ENDED_RST: u32 = 4;
/** By finding: its basis, as a number below 16. */
export const BASES: u32 = SIDE_TRAITS + 16;
/** By the upper half of an IPv4 address: whether it is private. */
export const PRIVATE: u32 = 655360;
/** By octet: its digits and a dot, then its length. */
export const OCTETS: u32 = PRIVATE + 65536;
export const OCTET_LENGTHS: u32 = OCTETS + 1024;
/** By number below 100: two digits. */
export const PAIRS: u32 = OCTET_LENGTHS + 256;
/** Letters of six bits: of uids, and base64. */
export const UID_ALPHABET: u32 = PAIRS + 256;
export const BASE64: u32 = UID_ALPHABET + 64;

// Texts of up to 127 bytes, each in 128, the last of which is the length: filled by row-texts.ts.
export const TEXT_SIZE: u32 = 128;
export const TEXTS: u32 = 737280;
/** What stands before each value of a row, in the order of the row. */
export const FIXED: u32 = TEXTS;
/** By finding: who opened and how sure that is. The first sixteen are what evidence of SYN and SYN-ACK says. */
export const MOST_FINDINGS: u32 = 128;
export const FINDINGS: u32 = FIXED + 49 * TEXT_SIZE;
/** By seven bits: see the marks below. */
export const MARKS: u32 = FINDINGS + MOST_FINDINGS * TEXT_SIZE;
export const MIDSTREAM: u32 = 1;
export const ENDS_OPEN: u32 = 2;
export const ONE_SIDED: u32 = 4;
export const HIDES_REUSE: u32 = 8;
export const CONTRADICTED: u32 = 16;
/** Nothing tells whether it began before the log, or whether it ended. */
export const NO_BEGINNING: u32 = 32;
export const NO_ENDING: u32 = 64;
/** By life: state, closer, conn_state. */
export const MOST_LIVES: u32 = 192;
export const LIFE_TEXTS: u32 = MARKS + 128 * TEXT_SIZE;
/** The lives of rejected attempts without and with an answer come first, then exchanges, and what carries no flags or none but dashes. */
export const BLOCKED: u32 = 0;
export const EXCHANGE: u32 = 2;
export const FLAGLESS: u32 = 3;
export const DASHES: u32 = 4;
/** By life: the number its state is counted by. */
export const COUNTED: u32 = LIFE_TEXTS + MOST_LIVES * TEXT_SIZE;
/** By life: who closed, 0 for nobody knows, 1 the initiator, 2 the responder. */
export const CLOSERS: u32 = COUNTED + MOST_LIVES;
/** By finding: how sure it is. */
export const CONFIDENCES: u32 = CLOSERS + MOST_LIVES;

// Verdicts by their numbers.
export const ACCEPTED: u32 = 0;
export const REJECTED: u32 = 1;
export const REPLY_REJECTED: u32 = 2;
export const MIXED: u32 = 3;
export const UNKNOWN: u32 = 4;

/** By port: its rank, and 4 for the port that data connections of FTP come from. */
export const PORT_RANKS: u32 = 802816;
export const FTP: u32 = 4;
/** By what clues say (see cluesOf): 0 for not asked yet, else a finding, 128 set where the high end opened. */
export const CLUES: u32 = PORT_RANKS + 65536;

// What observers are to the judge: filled by observer-texts.ts.
// An observer: rank 0, group 4, vantage 8, name's rank 12, name 16, its length 20, own address 24, marks 28,
// what stands behind its interface in a line 32, its length 36, covered from 40.
export const OBSERVER_SIZE: u32 = 44;
export const HAS_OWN: u32 = 1;
export const HAS_SKIPPED: u32 = 2;
export const OWN_ADDRESS_IS_V6: u32 = 4;
export const HAS_INSTANCE: u32 = 8;
/** The name is an interface's; without it that of a resource, or empty. */
export const HAS_INTERFACE: u32 = 16;

/** Groups of networks and what became of them: so many, of so many bytes, filled by answers.ts. */
export const SCOPES: u32 = 1024;
export const SCOPE_SIZE: u32 = 128;

// Room for the judge to work in.
export const WORK: u32 = 933888;
export const MOST_RECORDS: u32 = 128;
/** Connections of one key; more are left to the plain path. */
export const MOST_DRAFTS: u32 = 16;
export const MOST_VIEWS: u32 = 8;

/** Rows by state, verdict, basis and marks. */
export const COUNTS: u32 = WORK + 32768;
// An outline: what writeOutline puts at these offsets. Numbers that nobody knows are -1.
export const OUTLINE_SIZE: u32 = 256;
export const OUTLINE_UID: u32 = 0;
/** The place of its key in the order, and how many connections of that key come before it. */
export const OUTLINE_PLACE: u32 = 24;
export const OUTLINE_NUMBER: u32 = 28;
/** Of the initiator, then of the responder. */
export const OUTLINE_ADDRESSES: u32 = 32;
export const OUTLINE_PORTS: u32 = 40;
export const OUTLINE_FLAGS: u32 = 48;
export const OUTLINE_WINDOWS: u32 = 56;
export const OUTLINE_RECORDS: u32 = 60;
/** Eight doubles: first and last seen, opened at and by, closed after and at, the least and the most it lasted. */
export const OUTLINE_TIMES: u32 = 64;
/** Four doubles: packets and bytes of the initiator, then of the responder. */
export const OUTLINE_COUNTS: u32 = 128;
export const OUTLINE_CONFIDENCE: u32 = 160;
/** Bytes: basis, state (as rows are counted by it), closer, verdict, marks, protocol, whether it is IPv6. */
export const OUTLINE_WORDS: u32 = 168;
/** Of the marks of an outline, beside those of a line. */
export const HAS_GAP: u32 = 128;

/** A row without place and path is shorter. */
export const LONGEST_REST: u32 = 2048;
/** Bytes behind an output region that may be written over. */
export const OVERSHOOT: u32 = 128;

/** The end of what is fixed: 19 pages of 64 KiB. */
export const FIXED_END: u32 = 1245184;
