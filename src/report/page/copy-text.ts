/** Text onto the clipboard; where the browser keeps its clipboard from a file, by way of a selection. */
import { element } from './element.ts';

const copySelected = (text: string): boolean => {
  const field = element('textarea', { class: 'offscreen' });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
};

/** Says whether it was copied. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
};
