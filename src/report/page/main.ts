/** The page: takes its data from the document, draws it, and keeps every view on the same filter. */
import type { Connection } from '../../model/connection.ts';
import { escapeControls } from '../../model/escape.ts';
import { explainLasted, LASTED_FORMS, STILL_OPEN } from '../../model/lasted.ts';
import { spellCount, spellMoment } from '../../model/spell-values.ts';
import { buildFilter, EMPTY_FILTER, EXCHANGE } from '../filter-connections.ts';
import { unpackConnections } from '../pack-connections.ts';
import { namesOfPage } from '../page-names.ts';
import type { ReportData, ReportFinding } from '../report-data.ts';
import { ConnectionTally, type Numbers } from '../tally-connections.ts';
import { drawDurations, drawStates } from './charts.ts';
import { Details } from './details.ts';
import { element, section } from './element.ts';
import { FilterBar } from './filter-bar.ts';
import { drawCards, drawCoverage, drawFindings, drawHeading } from './headline.ts';
import { type ChoosePair, drawMatrix } from './matrix.ts';
import { ConnectionTable } from './table.ts';
import { themeButton } from './theme.ts';
import { Timeline } from './timeline.ts';

const readData = (): ReportData => {
  const embedded = document.getElementById('data');
  const data = JSON.parse(embedded?.textContent ?? 'null') as ReportData;
  embedded?.remove(); // its text is not needed twice
  return data;
};

const tally = (connections: readonly Connection[]): Numbers => {
  const counts = new ConnectionTally();
  for (const connection of connections) counts.add(connection);
  return counts.numbers(25, 16);
};

/** What the column `Lasted` may say. */
const LASTED_SIGNS = explainLasted(Object.values(LASTED_FORMS).map(({ example }) => example));

const start = (): void => {
  const data = readData();
  const connections = unpackConnections(data.connections);
  const names = namesOfPage(data.names);
  const states = [...new Set(connections.map(({ state }) => state ?? EXCHANGE))];
  const cards = element('div');
  const stateChart = element('div', { class: 'chart' });
  const durationChart = element('div', { class: 'chart' });
  const matrix = element('div');
  let finding: ReportFinding | null = null;
  let numbers = data.numbers;

  const choose = (connection: Connection | null): void => {
    table.choose(connection);
    timeline.choose(connection);
    if (connection !== null) details.show(connection);
  };
  const details = new Details(() => choose(null), names);
  const table = new ConnectionTable(choose, names);
  const timeline = new Timeline(
    choose,
    (since, until) => bar.set({ ...bar.value, since: spellMoment(since), until: spellMoment(until) }),
    names,
  );
  const choosePair: ChoosePair = (initiator, responder, port) => {
    bar.set({
      ...bar.value,
      initiatedBy: initiator,
      address: responder ?? '',
      port: port === null ? '' : String(port),
    });
    reveal('table');
  };

  const drawCharts = (): void => {
    const widthOf = (node: HTMLElement): number => Math.max(280, node.clientWidth);
    stateChart.replaceChildren(drawStates(numbers, widthOf(stateChart)));
    durationChart.replaceChildren(drawDurations(numbers, widthOf(durationChart)));
  };

  const findingNote = element('p', { class: 'note', attributes: { hidden: '' } });
  const apply = (): void => {
    const filter = buildFilter(bar.value, names);
    const uids = finding === null ? null : new Set(finding.uids);
    const isFiltered = filter.filters || uids !== null;
    const kept = isFiltered
      ? connections.filter((each) => (uids === null || uids.has(each.uid)) && filter.keep(each))
      : connections;
    numbers = isFiltered ? tally(kept) : data.numbers;
    cards.replaceChildren(drawCards(numbers));
    matrix.replaceChildren(drawMatrix(numbers, choosePair, names));
    drawCharts();
    timeline.show(kept);
    table.show(kept);
    bar.say(filter.problems, `${spellCount(kept.length)} of ${spellCount(connections.length)} shown`);
    findingNote.hidden = finding === null;
    findingNote.replaceChildren(
      element(
        'span',
        {},
        finding === null
          ? ''
          : `Only what is behind the finding “${escapeControls(finding.title)}” is shown. `,
      ),
      element(
        'button',
        {
          attributes: { type: 'button' },
          on: {
            click: () => {
              finding = null;
              apply();
            },
          },
        },
        'Show all',
      ),
    );
  };
  const bar = new FilterBar(states, apply);
  const clear = bar.node.querySelector('#clear');
  clear?.addEventListener('click', () => {
    finding = null;
    bar.set(EMPTY_FILTER);
  });
  const reveal = (id: string): void => document.getElementById(id)?.scrollIntoView({ block: 'start' });

  const findings = drawFindings(data.findings, (each) => {
    finding = each;
    bar.set(EMPTY_FILTER);
    reveal('table');
  });
  const durationLegend = element(
    'ul',
    { class: 'legend' },
    element('li', {}, element('span', { class: 'dot dot-whole' }), 'no longer than'),
    element(
      'li',
      {},
      element('span', { class: 'dot dot-at-least' }),
      'at least as long: an end is not in the log',
    ),
  );
  const views: readonly (readonly [string, string])[] = [
    ...(findings === null ? [] : ([['findings', 'Findings']] as const)),
    ['states', 'Charts'],
    ['matrix', 'Who opened'],
    ['timeline', 'Timeline'],
    ['table', 'Table'],
    ['coverage', 'Coverage'],
  ];
  const page = document.getElementById('report');
  page?.append(
    element('a', { class: 'skip', attributes: { href: '#table' } }, 'To the table'),
    element(
      'header',
      { class: 'top' },
      element('div', {}, ...drawHeading(data)),
      element(
        'nav',
        { attributes: { 'aria-label': 'Sections' } },
        ...views.map(([id, name]) => element('a', { attributes: { href: `#${id}` } }, name)),
        themeButton(() => timeline.redraw()),
      ),
    ),
    element(
      'main',
      {},
      cards,
      bar.node,
      findingNote,
      ...(findings === null ? [] : [findings]),
      element(
        'div',
        { class: 'pair' },
        section(
          'states',
          'How they went',
          'Colours group states that mean alike; the bars say which.',
          stateChart,
        ),
        section(
          'durations',
          'How long they lasted',
          'Intervals hide exact lengths: each connection stands in the class of its bound.',
          durationLegend,
          durationChart,
        ),
      ),
      section(
        'matrix',
        'Who opened to whom',
        'A count opens its connections in the table. × marks pairs of which most led to nothing.',
        matrix,
      ),
      section(
        'timeline',
        'Timeline',
        'Drag to pan, Ctrl and wheel or + and − to zoom, drag over the overview to pick a time; a lane explains itself on click. Full colour: surely open; light: possibly; hollow: led to nothing; ▸ open at the end of the log.',
        timeline.node,
      ),
      section(
        'table',
        'Connections',
        `Headings sort. A row explains itself on click or Enter. How long it ${LASTED_SIGNS}; ${STILL_OPEN} no close seen.`,
        table.node,
      ),
      drawCoverage(data),
    ),
    element(
      'footer',
      { class: 'about' },
      'Times are UTC. Bytes are as AWS counts them, headers included. A dash means: the records do not say.',
    ),
    details.node,
  );
  apply();
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    drawCharts();
  });
  document.documentElement.dataset['ready'] = 'true';
};

start();
