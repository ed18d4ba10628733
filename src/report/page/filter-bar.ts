/** The fields of the filter. What is typed is applied shortly after; what cannot be read is said beside its field. */
import { CONNECTION_STATES } from '../../model/connection.ts';
import { familyOfState } from '../../timeline/families.ts';
import { EMPTY_FILTER, EXCHANGE, type PageFilter } from '../filter-connections.ts';
import { element } from './element.ts';

type TextField = Exclude<keyof PageFilter, 'states'>;

const FIELDS: readonly { readonly name: TextField; readonly label: string; readonly example: string }[] = [
  { name: 'search', label: 'Search', example: 'any text' },
  { name: 'address', label: 'Address', example: '10.0.0.0/8' },
  { name: 'initiatedBy', label: 'Opened by', example: '10.0.0.9' },
  { name: 'port', label: 'Port', example: '443, 5432' },
  { name: 'since', label: 'Since (UTC)', example: '2019-08-26 19:47' },
  { name: 'until', label: 'Until (UTC)', example: '2019-08-27' },
];

/** Milliseconds after the last key. */
const PATIENCE = 120;

export class FilterBar {
  readonly node: HTMLElement;
  readonly #inputs: Readonly<Record<TextField, HTMLInputElement>>;
  readonly #problems: Readonly<Record<TextField, HTMLElement>>;
  readonly #chips: readonly HTMLButtonElement[];
  readonly #count = element('output', { class: 'count', attributes: { 'aria-live': 'polite' } });
  readonly #onChange: () => void;
  #timer = 0;

  /** @param states those that occur */
  constructor(states: readonly string[], onChange: () => void) {
    this.#onChange = onChange;
    const inputs = {} as Record<TextField, HTMLInputElement>;
    const problems = {} as Record<TextField, HTMLElement>;
    const fields = FIELDS.map(({ name, label, example }) => {
      const problem = element('span', { class: 'problem', id: `problem-${name}` });
      const input = element('input', {
        id: `filter-${name}`,
        attributes: {
          type: 'text',
          placeholder: example,
          autocomplete: 'off',
          spellcheck: 'false',
          'aria-describedby': problem.id,
        },
        on: { input: () => this.#soon() },
      });
      inputs[name] = input;
      problems[name] = problem;
      return element('label', { class: `field field-${name}` }, element('span', {}, label), input, problem);
    });
    this.#inputs = inputs;
    this.#problems = problems;
    this.#chips = [...Object.keys(CONNECTION_STATES), EXCHANGE]
      .filter((state) => states.includes(state))
      .map((state) => {
        const chip = element(
          'button',
          { class: 'chip', attributes: { type: 'button', 'aria-pressed': 'false', 'data-state': state } },
          element('span', { class: `dot dot-${familyOfState(state)}` }),
          state,
        );
        chip.addEventListener('click', () => {
          chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
          onChange();
        });
        return chip;
      });
    this.node = element(
      'form',
      {
        class: 'filters',
        attributes: { role: 'search', 'aria-label': 'Filter' },
        on: { submit: (event) => event.preventDefault() },
      },
      element('div', { class: 'fields' }, ...fields),
      element(
        'div',
        { class: 'chips' },
        ...this.#chips,
        element('span', { class: 'stretch' }),
        this.#count,
        element(
          'button',
          { id: 'clear', attributes: { type: 'button' }, on: { click: () => this.set(EMPTY_FILTER) } },
          'Clear',
        ),
      ),
    );
  }

  get value(): PageFilter {
    const text = (name: TextField): string => this.#inputs[name].value;
    return {
      search: text('search'),
      address: text('address'),
      initiatedBy: text('initiatedBy'),
      port: text('port'),
      since: text('since'),
      until: text('until'),
      states: this.#chips
        .filter((chip) => chip.getAttribute('aria-pressed') === 'true')
        .map((chip) => chip.dataset['state'] ?? ''),
    };
  }

  set(filter: PageFilter): void {
    for (const { name } of FIELDS) this.#inputs[name].value = filter[name];
    for (const chip of this.#chips)
      chip.setAttribute('aria-pressed', String(filter.states.includes(chip.dataset['state'] ?? '')));
    this.#onChange();
  }

  /** What came of it: fields that cannot be read, and how many pass. */
  say(problems: Readonly<Partial<Record<keyof PageFilter, string>>>, count: string): void {
    for (const { name } of FIELDS) {
      this.#problems[name].textContent = problems[name] ?? '';
      if (problems[name] === undefined) this.#inputs[name].removeAttribute('aria-invalid');
      else this.#inputs[name].setAttribute('aria-invalid', 'true');
    }
    this.#count.textContent = count;
  }

  #soon(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(this.#onChange, PATIENCE);
  }
}
