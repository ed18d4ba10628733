/**
 * The lines of flows on their way to their parts: rows are told their part, and their lines are copied to where those of the part
 * wait. A part has a fixed room, so what waits never takes more than that. When it is full the caller is asked to empty it. Lines
 * of another format than the one before come with that format's header.
 */
import { CAPACITY, NONE } from './layout.ts';
import { allocate } from './memory.ts';
import { setParts } from './parts.ts';
import { doubleAt, putByte, putDouble, putWord, wordAt } from './port.ts';
import { copyText } from './port-bytes.ts';

/** A part: bytes that wait 0, the format of its last line 4 (0 before the first), and its records, a double, 8. */
const PART_SIZE: u32 = 16;
/** Copies read and write up to fifteen bytes beyond the end of a text. */
const BEYOND: u32 = 64;

let states: usize = 0;
let rooms: usize = 0;
let roomBytes: u32 = 0;
/** By row of the batch at hand: its part, or NONE; and where its line begins and ends in its text. */
let rowParts: usize = 0;
export let lineFroms: usize = 0;
export let lineTos: usize = 0;
/** Where some of that text is put. */
export let lineText: usize = 0;
/** The header of the lines at hand, with its line feed. */
export let headerText: usize = 0;
let headerBytes: u32 = 0;
let format: u32 = 0;

/** What {@link putLines} stopped for: nothing, a part whose room is full, or a line for which that of a part is too small. */
export const ALL_PUT: u32 = 0;
export const PART_FULL: u32 = 1;
export const LINE_TOO_LARGE: u32 = 2;
export let putStoppedFor: u32 = ALL_PUT;
/** The part that it was about. */
export let stoppedPart: u32 = 0;

/**
 * From here on rows go to parts.
 * @param room of bytes that wait, of each part
 * @param text of bytes of a batch that are put at once, and of bytes of a header
 * @returns false where there is no memory for it
 */
export function beginParts(count: u32, room: u32, text: u32, header: u32): bool {
  states = allocate(count * PART_SIZE);
  rooms = allocate(count * (room + BEYOND));
  rowParts = allocate(CAPACITY << 2);
  lineFroms = allocate(CAPACITY << 2);
  lineTos = allocate(CAPACITY << 2);
  lineText = allocate(text + BEYOND);
  headerText = allocate(header + BEYOND);
  if (states === 0 || rooms === 0 || rowParts === 0 || lineFroms === 0) return false;
  if (lineTos === 0 || lineText === 0 || headerText === 0) return false;
  roomBytes = room;
  headerBytes = 0;
  format = 0;
  setParts(count);
  return true;
}

/**
 * From here on lines have a format by its number, from 1, whose header has been put.
 * @param bytes of the header
 */
export function beginLines(number: u32, bytes: u32): void {
  format = number;
  headerBytes = bytes;
}

/** Tells a row its part. */
export function putPart(row: u32, part: u32): void {
  putWord(rowParts + (row << 2), part);
  if (part === NONE) return;
  const records = states + part * PART_SIZE + 8;
  putDouble(records, doubleAt(records) + 1);
}

/** The part of a row, or NONE. */
export function partIn(row: u32): u32 {
  return wordAt(rowParts + (row << 2));
}

/** Where the lines of a part wait, how many bytes they have, and how many records it has had. */
export function roomOf(part: u32): usize {
  return rooms + part * (roomBytes + BEYOND);
}
export function bytesIn(part: u32): u32 {
  return wordAt(states + part * PART_SIZE);
}
export function recordsOf(part: u32): f64 {
  return doubleAt(states + part * PART_SIZE + 8);
}

/** Whether the next line of a part comes with a header. */
export function lacksHeader(part: u32): bool {
  return wordAt(states + part * PART_SIZE + 4) !== format;
}

/** The lines of a part have been taken. @param isHeaded what comes next has a header in front whatever its format is */
export function emptyPart(part: u32, isHeaded: bool): void {
  putWord(states + part * PART_SIZE, 0);
  if (isHeaded) putWord(states + part * PART_SIZE + 4, 0);
}

/** A line that was too large has been taken, under its header. */
export function passPart(part: u32): void {
  putWord(states + part * PART_SIZE + 4, format);
}

/**
 * Copies the lines of rows from `from` to `to`, which lie in the text that was put, to where they wait.
 * @param base where that text begins, as lines count
 * @returns the row it stopped at: see {@link putStoppedFor}
 */
export function putLines(from: u32, to: u32, base: u32): u32 {
  for (let row = from; row < to; row++) {
    const part = partIn(row);
    if (part === NONE) continue;
    const state = states + part * PART_SIZE;
    const used = wordAt(state);
    const begin = wordAt(lineFroms + (row << 2));
    const length = wordAt(lineTos + (row << 2)) - begin;
    const header: u32 = wordAt(state + 4) === format ? 0 : headerBytes;
    if (used + header + length + 1 > roomBytes) {
      putStoppedFor = used === 0 ? LINE_TOO_LARGE : PART_FULL;
      stoppedPart = part;
      return row;
    }
    let at = roomOf(part) + used;
    if (header !== 0) {
      copyText(at, headerText, header);
      at += header;
      putWord(state + 4, format);
    }
    copyText(at, lineText + (begin - base), length);
    putByte(at + length, 10);
    putWord(state, used + header + length + 1);
  }
  putStoppedFor = ALL_PUT;
  return to;
}
