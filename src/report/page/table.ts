/** The table: any number of rows of which only those in sight are elements. It sorts, copies and is walked by keys. */
import { type Connection, INITIATOR_BASES } from '../../model/connection.ts';
import { escapeControls } from '../../model/escape.ts';
import { spellLasted } from '../../model/lasted.ts';
import type { NameOf } from '../../model/name-of.ts';
import { spellCount, spellEndpoint, spellMoment, spellSize } from '../../model/spell-values.ts';
import { familyOf } from '../../timeline/families.ts';
import { copyText } from './copy-text.ts';
import { element } from './element.ts';

interface Column {
  readonly title: string;
  readonly class?: string;
  readonly text: (c: Connection) => string;
  /** What it sorts by; null goes last. */
  readonly key: (c: Connection) => string | number | null;
}

const opening = (c: Connection): number | null => c.openedAt ?? c.firstSeen;

const because = ({ initiatorBasis, initiatorConfidence }: Connection): string => {
  const { kind, says } = INITIATOR_BASES[initiatorBasis];
  return kind === 'inferred' ? `${says} (${Math.min(99, Math.round(initiatorConfidence * 100))} %)` : says;
};

const byAddress = (address: string, port: number | null): string =>
  `${address.includes(':') ? address : address.replace(/\d+/g, (part) => part.padStart(3, '0'))} ${String(port ?? 0).padStart(5, '0')}`;

const columnsWith = (names: NameOf | undefined): readonly Column[] => [
  {
    title: 'Opened (UTC)',
    text: (c) =>
      `${c.openedAt === null && c.firstSeen !== null && c.state !== null ? '≤ ' : ''}${spellMoment(opening(c))}`,
    key: opening,
  },
  {
    title: 'Initiator',
    class: 'endpoint',
    text: (c) => spellEndpoint(c.initiator.address, c.initiator.port, names),
    key: (c) => byAddress(c.initiator.address, c.initiator.port),
  },
  {
    title: 'Responder',
    class: 'endpoint',
    text: (c) => spellEndpoint(c.responder.address, c.responder.port, names),
    key: (c) => byAddress(c.responder.address, c.responder.port),
  },
  {
    title: 'State',
    class: 'state',
    text: (c) => c.state ?? escapeControls(c.protocol),
    key: (c) => c.state ?? c.protocol,
  },
  { title: 'Lasted', class: 'number lasted', text: spellLasted, key: (c) => c.durationMax ?? c.durationMin },
  {
    title: 'Sent',
    class: 'number',
    text: (c) => spellSize(c.initiator.bytes),
    key: (c) => c.initiator.bytes,
  },
  {
    title: 'Received',
    class: 'number',
    text: (c) => spellSize(c.responder.bytes),
    key: (c) => c.responder.bytes,
  },
  { title: 'Verdict', class: 'verdict', text: (c) => c.verdict, key: (c) => c.verdict },
  { title: 'Known by', class: 'because', text: because, key: (c) => c.initiatorConfidence },
];

/** Pixels; the style says the same. */
const ROW = 28;
/** Rows drawn beyond what is in sight. */
const MARGIN = 8;
/** Rows on paper; the table says how many more there are. */
const PRINTED = 60;

const arrowOf = (c: Connection): string =>
  c.initiatorBasis === 'none'
    ? '? '
    : c.verdict === 'rejected'
      ? '⇥ '
      : c.verdict === 'reply-rejected'
        ? '⇤ '
        : INITIATOR_BASES[c.initiatorBasis].kind === 'inferred'
          ? '⇢ '
          : '→ ';

/** A spreadsheet takes a cell that begins so for a formula. */
const cellOf = (text: string): string => (/^[=+@-]/.test(text) ? `'${text}` : text);

export class ConnectionTable {
  readonly node: HTMLElement;
  readonly #columns: readonly Column[];
  readonly #scroller: HTMLElement;
  readonly #body = element('tbody');
  readonly #heads: readonly HTMLTableCellElement[];
  readonly #more = element('p', { class: 'print-only' });
  readonly #said = element('span', { class: 'about', attributes: { role: 'status' } });
  readonly #onChoose: (connection: Connection) => void;
  #rows: readonly Connection[] = [];
  #sorted: readonly Connection[] = [];
  #by = 0;
  #down = false;
  #active = 0;
  #chosen: Connection | null = null;
  #isPrinting = false;

  constructor(onChoose: (connection: Connection) => void, names?: NameOf) {
    this.#onChoose = onChoose;
    this.#columns = columnsWith(names);
    this.#heads = this.#columns.map((column, i) =>
      element(
        'th',
        { class: column.class ?? '', attributes: { scope: 'col' } },
        element(
          'button',
          { attributes: { type: 'button' }, on: { click: () => this.#sortBy(i) } },
          column.title,
        ),
      ),
    );
    const table = element(
      'table',
      { class: 'connections', attributes: { role: 'grid', 'aria-label': 'Connections' } },
      element('thead', {}, element('tr', {}, ...this.#heads)),
      this.#body,
    );
    this.#scroller = element(
      'div',
      {
        class: 'table-scroll',
        attributes: { tabindex: '0', 'aria-label': 'Connections: arrow keys move, Enter explains' },
        on: { scroll: () => this.#draw(), keydown: (event) => this.#key(event) },
      },
      table,
    );
    this.node = element(
      'div',
      {},
      element(
        'div',
        { class: 'tools' },
        element(
          'button',
          { attributes: { type: 'button' }, on: { click: () => void this.#copy() } },
          'Copy these rows',
        ),
        this.#said,
      ),
      this.#scroller,
      this.#more,
    );
    const print = (isPrinting: boolean): void => {
      this.#isPrinting = isPrinting;
      this.#draw();
    };
    window.addEventListener('beforeprint', () => print(true));
    window.addEventListener('afterprint', () => print(false));
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
  }

  /** Shows these connections, in the order chosen before. */
  show(rows: readonly Connection[]): void {
    this.#rows = rows;
    this.#active = 0;
    this.#sort();
    this.#scroller.scrollTop = 0;
    this.#draw();
  }

  choose(connection: Connection | null): void {
    this.#chosen = connection;
    this.#draw();
  }

  #sortBy(at: number): void {
    this.#down = this.#by === at ? !this.#down : false;
    this.#by = at;
    this.#sort();
    this.#draw();
  }

  #sort(): void {
    const key = this.#columns[this.#by]?.key ?? opening;
    const sign = this.#down ? -1 : 1;
    this.#sorted = this.#rows
      .map((row) => ({ row, key: key(row) }))
      .sort((a, b) => {
        if (a.key === b.key) return 0;
        if (a.key === null) return 1;
        if (b.key === null) return -1;
        return a.key < b.key ? -sign : sign;
      })
      .map(({ row }) => row);
    for (const [i, head] of this.#heads.entries()) {
      if (i === this.#by) head.setAttribute('aria-sort', this.#down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
  }

  #draw(): void {
    const printed = matchMedia('print').matches || this.#isPrinting ? PRINTED : undefined;
    const height = this.#scroller.clientHeight;
    const first =
      printed === undefined ? Math.max(0, Math.floor(this.#scroller.scrollTop / ROW) - MARGIN) : 0;
    const last = Math.min(
      this.#sorted.length,
      printed ?? Math.ceil((this.#scroller.scrollTop + height) / ROW) + MARGIN,
    );
    const rows = this.#sorted.slice(first, last).map((row, i) => this.#row(row, first + i));
    const spacer = (count: number): HTMLElement => {
      const made = element('tr', { class: 'spacer', attributes: { 'aria-hidden': 'true' } }, element('td'));
      made.style.height = `${count * ROW}px`;
      return made;
    };
    const below = printed === undefined ? this.#sorted.length - last : 0;
    this.#body.replaceChildren(spacer(first), ...rows, spacer(Math.max(0, below)));
    const beyond = this.#sorted.length - PRINTED;
    this.#more.textContent =
      beyond > 0
        ? `${spellCount(beyond)} more rows are in the file; filter and sort it to print others.`
        : '';
  }

  #row(row: Connection, at: number): HTMLElement {
    const active = at === this.#active ? ' active' : '';
    const chosen = row === this.#chosen;
    return element(
      'tr',
      {
        class: `row${active}${chosen ? ' chosen' : ''}`,
        attributes: { 'aria-rowindex': String(at + 2), 'aria-selected': String(chosen) },
        on: { click: () => this.#chooseAt(at) },
      },
      ...this.#columns.map(({ text, class: look, title }) => {
        const shown = text(row);
        return element(
          'td',
          { class: look ?? '', title: shown },
          title === 'State' ? element('span', { class: `dot dot-${familyOf(row)}` }) : null,
          title === 'Responder' ? element('span', { class: 'arrow' }, arrowOf(row)) : null,
          shown,
        );
      }),
    );
  }

  #chooseAt(at: number): void {
    const row = this.#sorted[at];
    if (row === undefined) return;
    this.#active = at;
    this.#scroller.focus({ preventScroll: true });
    this.#onChoose(row);
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / ROW) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.#sorted.length,
      End: this.#sorted.length,
    };
    if (event.target !== this.#scroller) return;
    if (event.key === 'Enter') this.#chooseAt(this.#active);
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    this.#active = Math.max(0, Math.min(this.#sorted.length - 1, this.#active + move));
    const top = this.#active * ROW;
    const room = this.#scroller.clientHeight - 2 * ROW;
    if (top < this.#scroller.scrollTop) this.#scroller.scrollTop = top;
    else if (top > this.#scroller.scrollTop + room) this.#scroller.scrollTop = top - room;
    this.#draw();
  }

  async #copy(): Promise<void> {
    const lines = [
      this.#columns.map(({ title }) => title),
      ...this.#sorted.map((row) => this.#columns.map(({ text }) => cellOf(text(row)))),
    ];
    const copied = await copyText(lines.map((cells) => cells.join('\t')).join('\n'));
    this.#said.textContent = copied
      ? `${spellCount(this.#sorted.length)} rows copied, with tabs between cells.`
      : 'This browser does not let the page copy.';
  }
}
