/**
 * The rows of a table until it is drawn. There may be millions: what they say is kept as numbers, and what words of ours say of
 * them stands once for all rows alike.
 */
import { GrowingNumbers } from '../audit/growing-numbers.ts';
import { escapeControls } from '../model/escape.ts';
import type { Steps } from '../model/in-steps.ts';
import { STILL_OPEN, spellLasted } from '../model/lasted.ts';
import type { NameOf } from '../model/name-of.ts';
import type { Outline, OutlineParty } from '../model/outline.ts';
import { type Cells, type Look, LookBook, openingOf } from './connection-cells.ts';
import { type End, endpointWidth, formatEndpoint, nameWidth } from './format-endpoint.ts';
import type { Moment } from './format-moment.ts';
import { sizeWidth } from './format-size.ts';
import { OpeningOrder } from './opening-order.ts';
import type { Measures } from './table-layout.ts';
import { textWidth } from './text-width.ts';

/** A size, or the title of a column of them. */
type Size = number | null | string;

/** A row as it is printed. */
export interface Row extends Omit<Cells, 'initiator' | 'responder' | 'sent' | 'received'> {
  readonly initiator: End;
  readonly responder: End;
  /** What their addresses are called, safe to print; empty where they have no name. */
  readonly initiatorName: string;
  readonly responderName: string;
  readonly sent: Size;
  readonly received: Size;
}

/** Stands for null among numbers that are none of them. */
const NONE = -1;

/** Texts that repeat from row to row, by numbers. */
class RepeatingTexts {
  /** Each once. */
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #rows = new GrowingNumbers(Int32Array);
  readonly #onNew: (text: string) => void;
  #last = '';
  #lastNumber = NONE;

  /** @param onNew is told of every text once */
  constructor(onNew: (text: string) => void) {
    this.#onNew = onNew;
  }

  /** Adds a row; gives the number of its text, which is the same for equal ones. */
  push(text: string): number {
    if (this.#lastNumber === NONE || text !== this.#last) {
      this.#last = text;
      this.#lastNumber = this.#numbers.get(text) ?? this.#add(text);
    }
    this.#rows.push(this.#lastNumber);
    return this.#lastNumber;
  }

  /** Adds a row whose text has a number. */
  pushNumber(number: number): void {
    this.#rows.push(number);
  }

  at(row: number): string {
    return this.texts[this.#rows.at(row)] as string;
  }

  #add(text: string): number {
    const number = this.texts.push(text) - 1;
    this.#numbers.set(text, number);
    this.#onNew(text);
    return number;
  }
}

/** Bounds below this make one number together. */
const MOST_BOUND = 1 << 15;

/** How long rows lasted. Few pairs of bounds come again and again: each is put into words once. */
class LastedColumn extends RepeatingTexts {
  /** By both bounds in whole seconds, the number of their wording. */
  readonly #byBounds = new Map<number, number>();

  pushOf(connection: Outline): void {
    const bounds = boundsOf(connection);
    const known = bounds === NONE ? undefined : this.#byBounds.get(bounds);
    if (known !== undefined) {
      this.pushNumber(known);
      return;
    }
    const number = this.push(spellLasted(connection));
    if (bounds !== NONE) this.#byBounds.set(bounds, number);
  }
}

/** Both bounds as a number, where they alone decide the wording; NONE otherwise. */
const boundsOf = ({ durationMin, durationMax }: Outline): number => {
  if (durationMin === null || durationMax === null) return NONE;
  const number = durationMin * MOST_BOUND + durationMax;
  const isExact =
    durationMin >= 0 && durationMin < MOST_BOUND && durationMax >= 0 && durationMax < MOST_BOUND;
  return isExact && Number.isInteger(durationMin) && Number.isInteger(durationMax) ? number : NONE;
};

/** The ends of one side: addresses as numbers where they are IPv4, ports, and bytes. */
class EndColumn {
  readonly #addresses = new GrowingNumbers(Int32Array);
  /** Of rows whose address is no such number. */
  readonly #texts = new Map<number, string>();
  readonly #ports = new GrowingNumbers(Int32Array);
  readonly #bytes = new GrowingNumbers(Float64Array);

  push(party: OutlineParty): void {
    const { ipv4 } = party;
    if (ipv4 === undefined) this.#texts.set(this.#addresses.count, party.address);
    this.#addresses.push(ipv4 ?? 0);
    this.#ports.push(party.port ?? NONE);
    this.#bytes.push(party.bytes ?? NONE);
  }

  end(row: number): End {
    const number = this.#ports.at(row);
    const port = number === NONE ? null : number;
    const address = this.#texts.get(row);
    return address === undefined ? { ipv4: this.#addresses.at(row), port } : formatEndpoint(address, port);
  }

  size(row: number): number | null {
    const bytes = this.#bytes.at(row);
    return bytes === NONE ? null : bytes;
  }
}

/** The names of one side; where nobody gave any there is nothing to keep. */
class NameColumn extends RepeatingTexts {
  readonly #names: NameOf | undefined;

  constructor(names: NameOf | undefined) {
    super(() => {});
    this.#names = names;
  }

  /** Gives the columns of the terminal that the name takes. */
  pushOf({ address }: OutlineParty): number {
    if (this.#names === undefined) return 0;
    const name = escapeControls(this.#names(address) ?? '');
    this.push(name);
    return nameWidth(name);
  }

  override at(row: number): string {
    return this.#names === undefined ? '' : super.at(row);
  }
}

export class TableRows {
  readonly #measures: Measures;
  readonly #looks = new LookBook((look) => this.#measure(look));
  readonly #order = new OpeningOrder();
  readonly #initiators = new EndColumn();
  readonly #responders = new EndColumn();
  readonly #initiatorNames: NameColumn;
  readonly #responderNames: NameColumn;
  readonly #lookOf = new GrowingNumbers(Int32Array);
  readonly #leads = new RepeatingTexts((text) => this.#measures.widen('lead', textWidth(text)));
  readonly #lasted = new LastedColumn((text) => this.#measures.widen('lasted', textWidth(text)));
  // Rows come mostly in the order of time, and are asked for in it.
  #lastSecond = Number.NaN;
  #lastOpening: Moment = { date: '', time: '' };

  /**
   * @param measures is told how wide the cells of every row are
   * @param names what addresses are called
   */
  constructor(measures: Measures, names?: NameOf) {
    this.#measures = measures;
    this.#initiatorNames = new NameColumn(names);
    this.#responderNames = new NameColumn(names);
  }

  get size(): number {
    return this.#order.size;
  }

  /** The looks that rows have. */
  get looks(): Iterable<Look> {
    return this.#looks.looks;
  }

  /** The ways in which rows say how long they lasted. */
  get lasted(): readonly string[] {
    return this.#lasted.texts;
  }

  /** Whether rows say that no close was seen. */
  get someStillOpen(): boolean {
    return this.#lasted.texts.some((text) => text.endsWith(STILL_OPEN));
  }

  /** Adds a row; `lead` is its first cell, where there is such a column. */
  add(connection: Outline, lead: string): void {
    const measures = this.#measures;
    const { initiator, responder } = connection;
    this.#lookOf.push(this.#looks.numberOf(connection));
    this.#lasted.pushOf(connection);
    this.#leads.push(lead);
    const seconds = this.#order.push(connection);
    if (seconds !== this.#lastSecond) {
      const { date, time } = this.#openingOf(seconds);
      measures.widen('date', date.length);
      measures.widen('time', textWidth(time));
    }
    this.#initiators.push(initiator);
    this.#responders.push(responder);
    measures.widen('sent', sizeWidth(initiator.bytes));
    measures.widen('received', sizeWidth(responder.bytes));
    measures.addEnds(
      { address: endpointWidth(initiator), name: this.#initiatorNames.pushOf(initiator) },
      { address: endpointWidth(responder), name: this.#responderNames.pushOf(responder) },
    );
  }

  /** The numbers of the rows by their seconds; with places to rest. */
  inOrder(): Steps<readonly number[]> {
    return this.#order.rows();
  }

  at(row: number): Row {
    const { mark, arrow, state, because } = this.#looks.at(this.#lookOf.at(row));
    const { date, time } = this.#openingOf(this.#order.secondsAt(row));
    return {
      lead: this.#leads.at(row),
      mark,
      date,
      time,
      initiator: this.#initiators.end(row),
      arrow,
      responder: this.#responders.end(row),
      initiatorName: this.#initiatorNames.at(row),
      responderName: this.#responderNames.at(row),
      state,
      lasted: this.#lasted.at(row),
      sent: this.#initiators.size(row),
      received: this.#responders.size(row),
      because,
    };
  }

  #openingOf(seconds: number): Moment {
    if (seconds !== this.#lastSecond) {
      this.#lastSecond = seconds;
      this.#lastOpening = openingOf(seconds);
    }
    return this.#lastOpening;
  }

  #measure({ mark, arrow, state, because }: Look): void {
    this.#measures.widen('mark', textWidth(mark));
    this.#measures.widen('arrow', textWidth(arrow));
    this.#measures.widen('state', textWidth(state));
    this.#measures.widen('because', textWidth(because));
  }
}
