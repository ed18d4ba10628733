/** The explanation of the chosen connection, in a panel beside the page. Escape closes it; the focus goes back. */
import type { Connection } from '../../model/connection.ts';
import { escapeControls } from '../../model/escape.ts';
import type { NameOf } from '../../model/name-of.ts';
import { spellEndpoint } from '../../model/spell-values.ts';
import { familyOf } from '../../timeline/families.ts';
import { explainConnection } from '../explain-connection.ts';
import { copyText } from './copy-text.ts';
import { element } from './element.ts';

const textOf = (connection: Connection, names: NameOf | undefined): string =>
  explainConnection(connection, names)
    .map(({ title, sentences }) => `${title}\n${sentences.map((each) => `  ${each}`).join('\n')}`)
    .join('\n\n');

export class Details {
  readonly node: HTMLElement;
  #opener: HTMLElement | null = null;
  readonly #onClose: () => void;
  readonly #names: NameOf | undefined;

  constructor(onClose: () => void, names?: NameOf) {
    this.#onClose = onClose;
    this.#names = names;
    this.node = element('aside', {
      id: 'details',
      class: 'details',
      attributes: { 'aria-label': 'The chosen connection', tabindex: '-1', hidden: '' },
      on: {
        keydown: (event) => {
          if (event.key === 'Escape') this.close();
        },
      },
    });
  }

  show(connection: Connection): void {
    if (this.node.hidden && document.activeElement instanceof HTMLElement)
      this.#opener = document.activeElement;
    const { initiator, responder } = connection;
    const names = this.#names;
    this.node.replaceChildren(
      element(
        'header',
        {},
        element(
          'button',
          {
            class: 'close',
            title: 'Close (Escape)',
            attributes: { type: 'button', 'aria-label': 'Close' },
            on: { click: () => this.close() },
          },
          '✕',
        ),
        element(
          'p',
          { class: 'kind' },
          element('span', { class: `dot dot-${familyOf(connection)}` }),
          connection.state ?? `${escapeControls(connection.protocol)} exchange`,
        ),
        element(
          'h2',
          {},
          spellEndpoint(initiator.address, initiator.port, names),
          element('span', { class: 'arrow' }, connection.initiatorBasis === 'none' ? ' ? ' : ' → '),
          spellEndpoint(responder.address, responder.port, names),
        ),
      ),
      ...explainConnection(connection, names).map(({ title, sentences }) =>
        element('section', {}, element('h3', {}, title), ...sentences.map((each) => element('p', {}, each))),
      ),
      element(
        'section',
        { class: 'names' },
        element('h3', {}, 'Names'),
        element('p', {}, 'uid ', element('code', {}, escapeControls(connection.uid))),
        connection.communityId === null
          ? null
          : element('p', {}, 'Community ID ', element('code', {}, escapeControls(connection.communityId))),
        element(
          'button',
          { attributes: { type: 'button' }, on: { click: () => void copyText(textOf(connection, names)) } },
          'Copy this explanation',
        ),
      ),
    );
    this.node.hidden = false;
    document.body.classList.add('has-details');
    this.node.scrollTop = 0;
    this.node.focus({ preventScroll: true });
  }

  close(): void {
    if (this.node.hidden) return;
    this.node.hidden = true;
    document.body.classList.remove('has-details');
    this.#onClose();
    this.#opener?.focus({ preventScroll: true });
  }
}
