/** The lines of a file of facts on rejections. */
import type { Rejection } from '../model/flow-record.ts';
import type { Pauses } from '../model/pauses.ts';
import type { RunFacts } from './facts.ts';
import type { FactsLines } from './facts-lines.ts';
import { readRejection } from './read-head.ts';

/**
 * Reads them to the last.
 * @param most of them are given; none of the others is looked at
 * @throws InputError where there are not as many as the file tells of
 */
export const readRejections = async (
  lines: FactsLines,
  { rejections }: RunFacts,
  pauses: Pauses,
  most = 0,
): Promise<Rejection[]> => {
  const first: Rejection[] = [];
  let count = 0;
  for (; lines.kind === 'rejection'; count++) {
    if (count < most) first.push(readRejection(lines));
    const wait = lines.next();
    if (wait !== undefined) await wait;
    if (pauses.due) await pauses.take();
  }
  const told = [...rejections.values()].reduce((sum, each) => sum + each, 0);
  if (count !== told)
    throw lines.damage(`there are ${count} rejections before it, and the file tells of ${told}`);
  return first;
};
