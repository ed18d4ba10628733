/**
 * The timeline: one lane a connection on a canvas that draws only what is in sight, so that their number does not
 * matter. Lanes are those in the time shown: zooming in leaves fewer and makes them taller, until each has its name.
 */
import type { Connection } from '../../model/connection.ts';
import { sayLasted } from '../../model/lasted.ts';
import type { NameOf } from '../../model/name-of.ts';
import { spellCounted, spellMoment } from '../../model/spell-values.ts';
import { FAMILIES, type Family, familyOf } from '../../timeline/families.ts';
import { nameOfLane, nameOfLaneWithin } from '../../timeline/lane-words.ts';
import { drawOpen, drawTimeAxis } from './charts.ts';
import { element } from './element.ts';

/** Pixels left of the lanes for both ends, and for both with names; of those no more than a share of all. */
const LEFT = 330;
const LEFT_WITH_NAMES = 560;
const MOST_LEFT = 0.45;
/** Between the ends and the lanes. */
const GAP = 12;
/** Of 11.5 px monospace. */
const CHARACTER = 6.9;

const RIGHT = 16;
const TALLEST = 20;
const LEAST = 3;
/** Lanes this tall have a name and marks. */
const NAMED = 12;
const STEPS = 240;
/** The shortest time that is shown, in seconds. */
const SHORTEST = 10;

interface Lane {
  readonly connection: Connection;
  readonly from: number;
  readonly to: number;
  readonly family: Family;
}

const laneOf = (connection: Connection): Lane | null => {
  const { openedAt, firstSeen, lastSeen, closedAt } = connection;
  const from = openedAt ?? firstSeen;
  const to = closedAt ?? lastSeen;
  if (from === null || to === null) return null;
  return { connection, from: Math.min(from, to), to: Math.max(from, to), family: familyOf(connection) };
};

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export class Timeline {
  readonly node: HTMLElement;
  readonly #canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  readonly #filler = element('div', { class: 'filler' });
  readonly #scroller: HTMLElement;
  readonly #overview = element('div', { class: 'overview' });
  readonly #brush = element('div', { class: 'brush' });
  readonly #axis = element('div', { class: 'axis' });
  readonly #tip = element('div', { class: 'tip', attributes: { hidden: '' } });
  readonly #said = element('span', { class: 'about', attributes: { role: 'status' } });
  readonly #names: NameOf | undefined;
  readonly #onChoose: (connection: Connection) => void;
  #all: readonly Lane[] = [];
  #lanes: readonly Lane[] = [];
  #domain: readonly [number, number] = [0, 1];
  #view: readonly [number, number] = [0, 1];
  #chosen: Connection | null = null;
  #cursor = -1;
  #asked = 0;

  constructor(
    onChoose: (connection: Connection) => void,
    onTakeTime: (since: number, until: number) => void,
    names?: NameOf,
  ) {
    this.#onChoose = onChoose;
    this.#names = names;
    this.#scroller = element(
      'div',
      {
        class: 'lanes',
        attributes: {
          tabindex: '0',
          role: 'application',
          'aria-label':
            'Timeline: left and right pan, plus and minus zoom, up and down choose a lane, Enter explains it, 0 shows everything',
        },
        on: {
          scroll: () => this.#ask(),
          keydown: (event) => this.#key(event),
          wheel: (event) => this.#wheel(event),
          dblclick: (event) => this.#zoom(0.4, this.#timeAt(event.clientX)),
          pointerdown: (event) => this.#drag(event),
          pointermove: (event) => this.#hover(event),
          pointerleave: () => {
            this.#tip.hidden = true;
          },
        },
      },
      this.#canvas,
      this.#filler,
    );
    const tool = (text: string, about: string, click: () => void): HTMLElement =>
      element(
        'button',
        { title: about, attributes: { type: 'button', 'aria-label': about }, on: { click } },
        text,
      );
    this.#overview.addEventListener('pointerdown', (event) => this.#select(event));
    this.node = element(
      'div',
      { class: 'timeline' },
      element(
        'div',
        { class: 'tools' },
        tool('+', 'Zoom in', () => this.#zoom(0.5)),
        tool('−', 'Zoom out', () => this.#zoom(2)),
        tool('All', 'Show all the time', () => this.#setView(this.#domain)),
        tool('Filter to this time', 'Keep only connections seen in the time shown', () =>
          onTakeTime(Math.floor(this.#view[0]), Math.ceil(this.#view[1])),
        ),
        this.#said,
      ),
      element(
        'ul',
        { class: 'legend' },
        ...(Object.keys(FAMILIES) as Family[]).map((family) =>
          element('li', {}, element('span', { class: `dot dot-${family}` }), FAMILIES[family]),
        ),
      ),
      this.#overview,
      this.#scroller,
      this.#axis,
      this.#tip,
    );
    new ResizeObserver(() => this.#drawAround()).observe(this.#scroller);
  }

  /** Shows these connections; the time shown stays while it holds some of them. */
  show(rows: readonly Connection[]): void {
    this.#all = rows
      .map(laneOf)
      .filter((lane) => lane !== null)
      .sort((a, b) => a.from - b.from || a.to - b.to);
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { from, to } of this.#all) {
      if (from < first) first = from;
      if (to > last) last = to;
    }
    if (first > last) [first, last] = [0, SHORTEST];
    const room = Math.max(SHORTEST, (last - first) * 0.01);
    this.#domain = [first - room, last + room];
    this.#cursor = -1;
    this.#setView(this.#busyTime());
    this.#drawAround();
  }

  /** What is shown first: without the long tail that a few late ones make. */
  #busyTime(): readonly [number, number] {
    const [first, last] = this.#domain;
    const ends = Float64Array.from(this.#all, ({ to }) => to).sort();
    const most = ends[Math.floor(ends.length * 0.9)] ?? last;
    return most - first < (last - first) / 2 ? [first, most + (most - first) * 0.05] : this.#domain;
  }

  choose(connection: Connection | null): void {
    this.#chosen = connection;
    this.#ask();
  }

  /** The time shown, in Unix seconds. */
  get view(): readonly [number, number] {
    return this.#view;
  }

  /** Colours may have changed. */
  redraw(): void {
    this.#ask();
  }

  get #left(): number {
    const { clientWidth } = this.#scroller;
    if (clientWidth < 720) return 44;
    return this.#names === undefined ? LEFT : clamp(clientWidth * MOST_LEFT, LEFT, LEFT_WITH_NAMES);
  }

  get #width(): number {
    return Math.max(40, this.#scroller.clientWidth - this.#left - RIGHT);
  }

  #timeAt(clientX: number): number {
    const x = clientX - this.#scroller.getBoundingClientRect().left - this.#left;
    return this.#view[0] + (clamp(x, 0, this.#width) / this.#width) * (this.#view[1] - this.#view[0]);
  }

  get #laneHeight(): number {
    return clamp(Math.floor(this.#scroller.clientHeight / Math.max(1, this.#lanes.length)), LEAST, TALLEST);
  }

  #setView([from, to]: readonly [number, number]): void {
    const [first, last] = this.#domain;
    const span = clamp(to - from, Math.min(SHORTEST, last - first), last - first);
    const start = clamp(from, first, last - span);
    this.#view = [start, start + span];
    this.#lanes =
      span >= last - first
        ? this.#all
        : this.#all.filter((lane) => lane.from <= start + span && lane.to >= start);
    this.#cursor = Math.min(this.#cursor, this.#lanes.length - 1);
    this.#filler.style.height = `${Math.max(0, this.#lanes.length * this.#laneHeight - this.#scroller.clientHeight)}px`;
    this.#said.textContent = `${spellCounted(this.#lanes.length, 'lane')} from ${spellMoment(Math.round(this.#view[0]))} to ${spellMoment(Math.round(this.#view[1]))} UTC`;
    this.node.dataset['from'] = String(this.#view[0]);
    this.node.dataset['to'] = String(this.#view[1]);
    this.node.dataset['lanes'] = String(this.#lanes.length);
    this.#drawAxis();
    this.#ask();
  }

  #zoom(factor: number, around = (this.#view[0] + this.#view[1]) / 2): void {
    const [from, to] = this.#view;
    this.#setView([around - (around - from) * factor, around + (to - around) * factor]);
  }

  #pan(seconds: number): void {
    this.#setView([this.#view[0] + seconds, this.#view[1] + seconds]);
  }

  #wheel(event: WheelEvent): void {
    const isZoom = event.ctrlKey || event.metaKey;
    if (!isZoom && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return; // lanes scroll
    event.preventDefault();
    if (isZoom) this.#zoom(Math.exp(clamp(event.deltaY, -200, 200) / 200), this.#timeAt(event.clientX));
    else this.#pan((event.deltaX / this.#width) * (this.#view[1] - this.#view[0]));
  }

  #drag(down: PointerEvent): void {
    if (down.button !== 0 || down.offsetX > this.#scroller.clientWidth) return;
    const [from, to] = this.#view;
    const top = this.#scroller.scrollTop;
    let moved = false;
    const move = (event: PointerEvent): void => {
      const [dx, dy] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!moved && Math.abs(dx) + Math.abs(dy) < 4) return;
      moved = true;
      this.#scroller.classList.add('dragging');
      const seconds = (-dx / this.#width) * (to - from);
      this.#setView([from + seconds, to + seconds]);
      this.#scroller.scrollTop = top - dy;
    };
    const up = (event: PointerEvent): void => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      this.#scroller.classList.remove('dragging');
      const lane = moved ? undefined : this.#lanes[this.#laneAt(event)];
      if (lane === undefined) return;
      this.#cursor = this.#lanes.indexOf(lane);
      this.#onChoose(lane.connection);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
  }

  /** On the overview: the time dragged over is shown. */
  #select(down: PointerEvent): void {
    const box = this.#overview.getBoundingClientRect();
    const [first, last] = this.#domain;
    const timeAt = (event: PointerEvent): number =>
      first + clamp((event.clientX - box.left - this.#left) / this.#width, 0, 1) * (last - first);
    const start = timeAt(down);
    const move = (event: PointerEvent): void => {
      const end = timeAt(event);
      if (Math.abs(end - start) > 0) this.#setView([Math.min(start, end), Math.max(start, end)]);
    };
    const up = (): void => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
    };
    down.preventDefault();
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
  }

  #key(event: KeyboardEvent): void {
    const span = this.#view[1] - this.#view[0];
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#pan(-span / 8),
      ArrowRight: () => this.#pan(span / 8),
      '+': () => this.#zoom(0.5),
      '=': () => this.#zoom(0.5),
      '-': () => this.#zoom(2),
      '0': () => this.#setView(this.#domain),
      ArrowUp: () => this.#move(-1),
      ArrowDown: () => this.#move(1),
      Enter: () => {
        const lane = this.#lanes[this.#cursor];
        if (lane !== undefined) this.#onChoose(lane.connection);
      },
    };
    const act = keys[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  #move(by: number): void {
    this.#cursor = clamp(this.#cursor + by, 0, this.#lanes.length - 1);
    const lane = this.#lanes[this.#cursor];
    if (lane === undefined) return;
    const height = this.#laneHeight;
    const top = this.#cursor * height;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop || top + height > scrollTop + clientHeight)
      this.#scroller.scrollTop = top - clientHeight / 2;
    this.#said.textContent = this.#describe(lane);
    this.#ask();
  }

  #describe({ connection: c }: Lane): string {
    return `${nameOfLane(c, this.#names)}, ${c.state ?? 'exchange'}, ${sayLasted(c)}`;
  }

  #laneAt(event: PointerEvent): number {
    const y = event.clientY - this.#scroller.getBoundingClientRect().top + this.#scroller.scrollTop;
    return Math.floor(y / this.#laneHeight);
  }

  #hover(event: PointerEvent): void {
    const lane = this.#lanes[this.#laneAt(event)];
    this.#tip.hidden = lane === undefined || this.#scroller.classList.contains('dragging');
    if (lane === undefined) return;
    this.#tip.replaceChildren(
      element('strong', {}, this.#describe(lane)),
      element('span', {}, `${spellMoment(lane.from)} to ${spellMoment(lane.to)} UTC`),
    );
    const box = this.node.getBoundingClientRect();
    const x = event.clientX - box.left + 14;
    this.#tip.style.left = `${Math.max(0, Math.min(x, box.width - this.#tip.offsetWidth - 8))}px`;
    this.#tip.style.top = `${event.clientY - box.top + 16}px`;
  }

  #openCounts(): { at: Date; open: number }[] {
    const [first, last] = this.#domain;
    const changes = new Float64Array(STEPS + 2);
    const stepOf = (time: number): number => Math.floor(((time - first) / (last - first)) * STEPS);
    for (const { from, to } of this.#all) {
      const [start, end] = [stepOf(from), stepOf(to) + 1];
      changes[start] = (changes[start] ?? 0) + 1;
      changes[end] = (changes[end] ?? 0) - 1;
    }
    let open = 0;
    return Array.from({ length: STEPS + 1 }, (_, step) => {
      open += changes[step] ?? 0;
      return { at: new Date((first + (step / STEPS) * (last - first)) * 1000), open };
    });
  }

  /** What stands around the lanes: the overview and the axis. */
  #drawAround(): void {
    const width = this.#scroller.clientWidth;
    if (width === 0) return;
    const [first, last] = this.#domain;
    const domain = [new Date(first * 1000), new Date(last * 1000)] as const;
    this.#overview.replaceChildren(
      drawOpen(this.#openCounts(), domain, width, this.#left, RIGHT),
      this.#brush,
    );
    this.#setView(this.#view);
  }

  #drawAxis(): void {
    const width = this.#scroller.clientWidth;
    if (width === 0) return;
    const [from, to] = this.#view;
    this.#axis.replaceChildren(
      drawTimeAxis(width, this.#left, RIGHT, new Date(from * 1000), new Date(to * 1000)),
    );
    const [first, last] = this.#domain;
    const scale = this.#width / (last - first);
    this.#brush.style.left = `${this.#left + (from - first) * scale}px`;
    this.#brush.style.width = `${Math.max(3, (to - from) * scale)}px`;
  }

  /** One drawing a frame, however often it is asked for. */
  #ask(): void {
    if (this.#asked !== 0) return;
    this.#asked = requestAnimationFrame(() => {
      this.#asked = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height, scrollTop } = this.#scroller;
    const context = this.#canvas.getContext('2d');
    if (context === null || width === 0) return;
    const ratio = window.devicePixelRatio;
    if (
      this.#canvas.width !== Math.round(width * ratio) ||
      this.#canvas.height !== Math.round(height * ratio)
    ) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const colours = Object.fromEntries(Object.keys(FAMILIES).map((family) => [family, colour(family)]));
    const ink = colour('ink');
    const laneHeight = this.#laneHeight;
    const [from, to] = this.#view;
    const scale = this.#width / (to - from);
    const left = this.#left;
    const last = Math.min(this.#lanes.length, Math.ceil((scrollTop + height) / laneHeight));
    context.font = '11.5px ui-monospace, Menlo, Consolas, monospace';
    context.textBaseline = 'middle';
    for (let i = Math.floor(scrollTop / laneHeight); i < last; i++) {
      const lane = this.#lanes[i];
      if (lane === undefined) continue;
      const top = i * laneHeight - scrollTop;
      const c = lane.connection;
      if (c === this.#chosen || i === this.#cursor) {
        context.fillStyle = colour('chosen');
        context.fillRect(0, top, width, laneHeight);
      }
      if (laneHeight >= NAMED && left > 100) {
        context.fillStyle = ink;
        const room = left - GAP;
        const most = Math.floor(room / CHARACTER);
        // What has no room is whole in the lane's own words.
        const name = nameOfLaneWithin(c, this.#names, most);
        context.fillText(
          name.length > most ? `${name.slice(0, most - 1)}…` : name,
          4,
          top + laneHeight / 2,
          room,
        );
      }
      const x = left + (Math.max(lane.from, from) - from) * scale;
      const end = left + (Math.min(lane.to, to) - from) * scale;
      const bar = Math.max(2, end - x);
      const inset = laneHeight >= 8 ? 3 : laneHeight > 3 ? 1 : 0.5;
      const thick = laneHeight - 2 * inset;
      context.fillStyle = colours[lane.family] ?? ink;
      context.strokeStyle = context.fillStyle;
      if (lane.family === 'failed' && laneHeight >= NAMED) {
        // Hollow: told apart without colours.
        context.strokeRect(x + 0.5, top + inset + 0.5, Math.max(3, bar - 1), thick - 1);
        continue;
      }
      // Light where it may have been open, full where it surely was.
      const sureFrom = Math.max(c.openedBy ?? lane.from, from);
      const sureTo = Math.min(c.closedAfter ?? lane.to, to);
      context.globalAlpha = 0.45;
      context.fillRect(x, top + inset, bar, thick);
      context.globalAlpha = 1;
      if (sureTo > sureFrom)
        context.fillRect(left + (sureFrom - from) * scale, top + inset, (sureTo - sureFrom) * scale, thick);
      if (laneHeight < NAMED) continue;
      if (c.openedAt !== null && lane.from >= from) context.fillRect(x, top + 1, 2, laneHeight - 2);
      if (c.closedAt !== null && lane.to <= to) context.fillRect(end - 2, top + 1, 2, laneHeight - 2);
      if (c.endsOpen === true) {
        context.beginPath();
        context.moveTo(end, top + inset);
        context.lineTo(end + 6, top + laneHeight / 2);
        context.lineTo(end, top + laneHeight - inset);
        context.fill();
      }
    }
  }
}
