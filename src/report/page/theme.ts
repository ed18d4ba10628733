/** Light and dark: what the system says until the button says otherwise. Nothing is stored. */
import { element } from './element.ts';

const isDark = (): boolean => {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
};

/** The button that changes them. */
export const themeButton = (onChange: () => void): HTMLElement => {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  return element(
    'button',
    {
      id: 'theme',
      title: 'Light or dark',
      attributes: { type: 'button', 'aria-label': 'Light or dark' },
      on: {
        click: () => {
          document.documentElement.dataset['theme'] = isDark() ? 'light' : 'dark';
          onChange();
        },
      },
    },
    '◐',
  );
};
