/** Who opened to whom: initiators as rows, services as columns, a count in each cell that was used. */
import { escapeControls } from '../../model/escape.ts';
import { besideAddress, type NameOf } from '../../model/name-of.ts';
import { spellCount, spellEndpoint } from '../../model/spell-values.ts';
import type { Numbers, OpenerCount } from '../tally-connections.ts';
import { element } from './element.ts';

/** Told which pair was chosen; null stands for all. */
export type ChoosePair = (initiator: string, responder: string | null, port: number | null) => void;

const sumBy = (openers: readonly OpenerCount[], key: (each: OpenerCount) => string): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const each of openers) sums.set(key(each), (sums.get(key(each)) ?? 0) + each.count);
  return sums;
};

const keysByCount = (sums: ReadonlyMap<string, number>, most: number): string[] =>
  [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([key]) => key);

const serviceOf = ({ responder, port }: OpenerCount, names?: NameOf): string =>
  responder.includes('/')
    ? `${escapeControls(responder)} :${port ?? ''}${besideAddress(responder, names)}`
    : spellEndpoint(responder, port, names);

/** Steps of the colour scale; the strongest is the largest count. */
const STEPS = 6;

const stepOf = (count: number, most: number): number =>
  Math.max(1, Math.ceil((Math.log1p(count) / Math.log1p(most)) * STEPS));

const cell = (
  each: OpenerCount,
  most: number,
  choose: ChoosePair,
  names: NameOf | undefined,
): HTMLElement => {
  const service = serviceOf(each, names);
  const about = `${spellCount(each.count)} from ${spellEndpoint(each.initiator, null, names)} to ${service}${each.failed > 0 ? `, ${spellCount(each.failed)} of them led to nothing` : ''}`;
  const mostlyFailed = each.failed * 2 > each.count;
  return element(
    'td',
    {},
    element(
      'button',
      {
        class: `heat heat-${stepOf(each.count, most)}${mostlyFailed ? ' heat-failed' : ''}`,
        title: about,
        attributes: { type: 'button', 'aria-label': about },
        on: { click: () => choose(each.initiator, each.responder, each.port) },
      },
      `${mostlyFailed ? '× ' : ''}${spellCount(each.count)}`,
    ),
  );
};

/** The matrix as a table of buttons. */
export const drawMatrix = (numbers: Numbers, choose: ChoosePair, names?: NameOf): HTMLElement => {
  const { openers } = numbers;
  if (openers.length === 0)
    return element('p', { class: 'nothing' }, 'Nobody could be named as an opener here.');
  const services = keysByCount(
    sumBy(openers, (each) => serviceOf(each)),
    16,
  );
  const hosts = keysByCount(
    sumBy(openers, ({ initiator }) => initiator),
    25,
  );
  const cells = new Map(openers.map((each) => [`${each.initiator} ${serviceOf(each)}`, each]));
  const titles = new Map(openers.map((each) => [serviceOf(each), serviceOf(each, names)]));
  const most = Math.max(...openers.map(({ count }) => count));
  const head = element(
    'tr',
    {},
    element('th', { attributes: { scope: 'col' } }, 'opened by ↓   service →'),
    ...services.map((service) =>
      element(
        'th',
        { class: 'service', attributes: { scope: 'col' } },
        element('span', {}, titles.get(service) ?? service),
      ),
    ),
  );
  const rows = hosts.map((host) =>
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, spellEndpoint(host, null, names)),
      ...services.map((service) => {
        const each = cells.get(`${host} ${service}`);
        return each === undefined ? element('td') : cell(each, most, choose, names);
      }),
    ),
  );
  const beyond = [
    numbers.otherOpeners > 0 ? `${spellCount(numbers.otherOpeners)} between other pairs` : '',
    numbers.unknownOpeners > 0 ? `${spellCount(numbers.unknownOpeners)} whose opener nothing tells` : '',
  ].filter((text) => text !== '');
  return element(
    'div',
    {},
    element(
      'div',
      { class: 'scroll' },
      element('table', { class: 'matrix' }, element('thead', {}, head), element('tbody', {}, ...rows)),
    ),
    beyond.length === 0 ? null : element('p', { class: 'about' }, `Not shown: ${beyond.join(', ')}.`),
  );
};
