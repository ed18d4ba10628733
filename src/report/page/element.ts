/** Elements of the page. Content is only ever set as text: nothing that comes from a log is parsed as HTML. */

type Content = Node | string | null;

export interface Look {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  /** Any other attribute. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly on?: Readonly<
    Partial<{ [E in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[E]) => void }>
  >;
}

/** A new element with its content. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  look: Look = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(tag);
  if (look.class !== undefined) made.className = look.class;
  if (look.id !== undefined) made.id = look.id;
  if (look.title !== undefined) made.title = look.title;
  for (const [name, value] of Object.entries(look.attributes ?? {})) made.setAttribute(name, value);
  for (const [event, heard] of Object.entries(look.on ?? {}))
    made.addEventListener(event, heard as EventListener);
  made.append(...content.filter((each) => each !== null));
  return made;
};

/** A section of the page with its heading and a line about it. */
export const section = (
  id: string,
  title: string,
  about: string,
  ...content: readonly Content[]
): HTMLElement =>
  element(
    'section',
    { id, class: 'panel', attributes: { 'aria-labelledby': `${id}-title` } },
    element('h2', { id: `${id}-title` }, title),
    about === '' ? null : element('p', { class: 'about' }, about),
    ...content,
  );
