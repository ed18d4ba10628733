/** Columns of the flat row, in any order. */
import fc from 'fast-check';
import { COLUMNS, type Column } from '../../src/export/row.ts';

export const anyColumns = fc.shuffledSubarray<Column>([...COLUMNS], { minLength: 1 });
