/** The drawn charts: states and durations. Plot makes them; colours come from the page's style. */
import * as Plot from '@observablehq/plot';
import { escapeControls } from '../../model/escape.ts';
import { spellCount, spellStep } from '../../model/spell-values.ts';
import { familyOfState } from '../../timeline/families.ts';
import { PLOT_CLASS } from '../plot-style.ts';
import { DURATION_LIMITS, type Numbers } from '../tally-connections.ts';

const LOOK = {
  className: PLOT_CLASS,
  style: { background: 'none', fontSize: '12px', fontFamily: 'inherit' },
};

/** A chart said in words, for those who do not see it. */
const label = (chart: Element, text: string): Element => {
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', text);
  return chart;
};

/** Protocols that a log made up have names of any length. */
const LONGEST_NAME = 14;

/** How connections went: one bar a state, coloured by family, with its count. */
export const drawStates = ({ states }: Numbers, width: number): Element => {
  const bars = Object.entries(states)
    .map(([state, count]) => ({
      state: escapeControls(state).slice(0, LONGEST_NAME),
      count,
      colour: `var(--${familyOfState(state)})`,
    }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 14);
  const chart = Plot.plot({
    ...LOOK,
    width,
    height: Math.max(90, bars.length * 26 + 44),
    marginLeft: 96,
    marginRight: 64,
    marginTop: 4,
    marginBottom: 34,
    x: { label: 'connections →', ticks: 4, tickFormat: '~s', nice: true, grid: true },
    y: { label: null, domain: bars.map(({ state }) => state), tickSize: 0 },
    color: { type: 'identity' },
    marks: [
      Plot.barX(bars, { x: 'count', y: 'state', fill: 'colour', insetTop: 2, insetBottom: 2, rx: 2 }),
      Plot.text(bars, {
        x: 'count',
        y: 'state',
        text: ({ count }: { count: number }) => spellCount(count),
        textAnchor: 'start',
        dx: 6,
        fill: 'currentColor',
      }),
    ],
  });
  return label(
    chart,
    `States: ${bars.map(({ state, count }) => `${state} ${spellCount(count)}`).join(', ')}`,
  );
};

/** The classes of durations as the axis names them. */
export const DURATION_CLASSES: readonly string[] = [
  ...DURATION_LIMITS.map((limit) => `≤ ${spellStep(limit)}`),
  `> ${spellStep(DURATION_LIMITS.at(-1) ?? 0)}`,
];

/** How long connections lasted: those with an upper bound below, those that are only known to exceed one above. */
export const drawDurations = ({ durations }: Numbers, width: number): Element => {
  const bars = (['within', 'at least'] as const).flatMap((kind) =>
    durations[kind].map((count, at) => ({ kind, count, class: DURATION_CLASSES[at] ?? '' })),
  );
  const chart = Plot.plot({
    ...LOOK,
    width,
    height: width < 460 ? 300 : 270,
    marginLeft: 48,
    marginBottom: width < 460 ? 76 : 40,
    marginTop: 24,
    x: {
      label: width < 460 ? null : 'duration, as far as the records bound it →',
      domain: DURATION_CLASSES,
      tickSize: 0,
      tickRotate: width < 460 ? -60 : 0,
    },
    y: { label: '↑ connections', tickFormat: '~s', ticks: 5, grid: true, nice: true },
    color: { type: 'identity' },
    marks: [
      Plot.barY(bars, {
        x: 'class',
        y: 'count',
        fill: ({ kind }: { kind: string }) => (kind === 'within' ? 'var(--whole)' : 'var(--whole-soft)'),
        stroke: 'var(--whole)',
        strokeWidth: 1,
        insetLeft: 3,
        insetRight: 3,
      }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.4 }),
    ],
  });
  const words = bars.filter(({ count }) => count > 0).map((bar) => `${bar.class} (${bar.kind}) ${bar.count}`);
  return label(chart, `Durations: ${words.join(', ')}`);
};

/** Hours of a day as logs have them, with the date where it is first seen or changes. */
const timeFormat = (from: Date, to: Date): ((time: Date) => string) => {
  const seconds = (to.getTime() - from.getTime()) / 1000;
  let date = '';
  return (time) => {
    const iso = time.toISOString();
    const clock = seconds < 900 ? iso.slice(11, 19) : iso.slice(11, 16);
    const isNew = iso.slice(0, 10) !== date;
    date = iso.slice(0, 10);
    if (seconds > 4 * 86_400) return clock === '00:00' ? date : '';
    return isNew ? `${clock}\n${date}` : clock;
  };
};

/** A time axis, as Plot would draw it under a chart. */
export const drawTimeAxis = (width: number, left: number, right: number, from: Date, to: Date): Element =>
  label(
    Plot.plot({
      ...LOOK,
      width,
      height: 34,
      marginLeft: left,
      marginRight: right,
      marginTop: 0,
      marginBottom: 30,
      x: { type: 'utc', domain: [from, to] },
      marks: [
        Plot.axisX({ anchor: 'bottom', label: null, tickSpacing: 100, tickFormat: timeFormat(from, to) }),
      ],
    }),
    'Time, UTC',
  );

/** How many were open at once, in equal steps of time. */
export const drawOpen = (
  counts: readonly { readonly at: Date; readonly open: number }[],
  domain: readonly [Date, Date],
  width: number,
  left: number,
  right: number,
): Element =>
  label(
    Plot.plot({
      ...LOOK,
      width,
      height: 96,
      marginLeft: left,
      marginRight: right,
      marginTop: 16,
      marginBottom: 32,
      x: { type: 'utc', domain: [...domain], label: null },
      y: { label: '↑ open at once', ticks: 2, tickFormat: '~s', grid: true },
      marks: [
        Plot.areaY(counts, {
          x: 'at',
          y: 'open',
          curve: 'step-after',
          fill: 'var(--whole-soft)',
          stroke: 'var(--whole)',
          strokeWidth: 1,
        }),
        Plot.axisX({ label: null, tickSpacing: 100, tickFormat: timeFormat(...domain) }),
      ],
    }),
    'How many connections were open at once, over time',
  );
