/** The same as `check-text.ts` for machines: one JSON object in snake_case, nothing left out. */
import type { RunReport } from '../model/report.ts';
import type { Tally } from './tally.ts';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Objects with snake_case names, maps as objects; everything else as it is. */
const toPlain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, each]) => [String(key), toPlain(each)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [snake(key), toPlain(each)]));
};

/** The report and the counts over the connections that passed the filters, as JSON text with a line end. */
export const checkJson = (report: RunReport, tally: Tally): string => {
  const { states, exchanges, evidence, verdicts, marks, shown, hidden } = tally;
  const counted = { shown, hidden, states, exchanges, evidence, verdicts, marks };
  return `${JSON.stringify({ ...(toPlain(report) as object), counted: toPlain(counted) }, null, 2)}\n`;
};
