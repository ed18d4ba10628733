/**
 * The line of a connection that was weighed as Zeek's conn.log has it (Zeek, base/protocols/conn, the record Info): what
 * flow logs do not know is left unset there. The texts between values are taught.
 */
import { countRow } from './count-rows.ts';
import { closedAtOf, firstOf, lastOf, openedAtOf } from './drafts.ts';
import { putHistory } from './history.ts';
import { ICMP, ICMPV6, LIFE_TEXTS, NONE, TCP, TEXT_SIZE, UDP } from './layout.ts';
import { life } from './life.ts';
import { UID_LENGTH, writeUid } from './names.ts';
import { addressOf, portOf } from './outline-row.ts';
import { transport } from './records.ts';
import { putAddress, putFixed } from './spell-parts.ts';
import { out, putNumber, putSeconds, putText, setOut } from './spell-values.ts';
import { bytesBack, bytesOut, packetsBack, packetsOut } from './views.ts';
import { opener } from './weigh.ts';

// The texts that are taught, in the order of ZEEK_TEXTS in export/zeek.ts.
const TAB: u32 = 0;
/** Behind whole seconds. */
const FRACTION: u32 = 1;
const UNSET: u32 = 2;
const EMPTY: u32 = 3;
const LINE_END: u32 = 4;
/** Protocols, from what stands before their names to what stands before the duration. */
const AS_TCP: u32 = 5;
const AS_UDP: u32 = 6;
const AS_ICMP: u32 = 7;
const AS_UNKNOWN: u32 = 8;
/** Behind the counts: no tunnel, and the number of the protocol; for TCP and UDP up to the end of the line. */
const BEFORE_NUMBER: u32 = 9;
const END_OF_TCP: u32 = 10;
const END_OF_UDP: u32 = 11;

/** A line is shorter than this. */
export const LONGEST_ZEEK_LINE: usize = 1024;

/** A moment, -1 for none. */
function putMoment(seconds: f64): void {
  if (seconds < 0) {
    putFixed(UNSET);
    return;
  }
  putSeconds(seconds);
  putFixed(FRACTION);
}

/** A count, -1 for none, and the tab before it. */
function putColumn(value: f64): void {
  putFixed(TAB);
  if (value < 0) putFixed(UNSET);
  else putNumber(value);
}

/** An end: Zeek's port cannot be unset. */
function putEnd(end: u32): void {
  putFixed(TAB);
  putAddress(addressOf(end));
  putFixed(TAB);
  const port = portOf(end);
  putNumber(port === NONE ? 0 : (port as f64));
}

function putProtocol(): void {
  if (transport === TCP) putFixed(AS_TCP);
  else if (transport === UDP) putFixed(AS_UDP);
  else putFixed(transport === ICMP || transport === ICMPV6 ? AS_ICMP : AS_UNKNOWN);
}

/** No tunnel is known; the number of the protocol as the IP header has it. */
function putProtocolNumber(): void {
  if (transport === TCP) putFixed(END_OF_TCP);
  else if (transport === UDP) putFixed(END_OF_UDP);
  else {
    putFixed(BEFORE_NUMBER);
    putNumber(transport as f64);
    putFixed(LINE_END);
  }
}

/** From the opening to the close where they were seen, else from the first to the last record. */
function putDuration(from: f64, to: f64): void {
  if (from < 0 || to < 0) {
    putFixed(UNSET);
    return;
  }
  putNumber(Math.max(0, to - from));
  putFixed(FRACTION);
}

/** Writes the line of the connection that was weighed last. */
export function writeZeekLine(draft: usize): void {
  const opened = openedAtOf(draft);
  const from = opened < 0 ? firstOf(draft) : opened;
  const closed = closedAtOf(draft);
  putMoment(from);
  putFixed(TAB);
  writeUid(out, draft);
  setOut(out + UID_LENGTH);
  putEnd(opener);
  putEnd(1 - opener);
  putProtocol();
  putDuration(from, closed < 0 ? lastOf(draft) : closed);
  putText(LIFE_TEXTS + life * TEXT_SIZE);
  if (transport === TCP) {
    const begun = out;
    putHistory(draft, opener);
    if (out === begun) putFixed(EMPTY);
  } else putFixed(UNSET);
  putColumn(packetsOut);
  putColumn(bytesOut);
  putColumn(packetsBack);
  putColumn(bytesBack);
  putProtocolNumber();
  countRow();
}
