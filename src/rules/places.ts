/**
 * What a view's interface is called and what it belongs to. Records of one interface may name it in several ways (formats with
 * fewer fields, an instance that was replaced): then each identifier is told by the last observer, in their order, that
 * has it, so that none depends on arrival.
 */
import { HAS_ACCOUNT, HAS_INSTANCE, HAS_SUBNET, HAS_VPC } from './layout.ts';
import { wordAt } from './port.ts';
import { wordAnywhere } from './port-bytes.ts';
import { nextOfView, observerOf } from './records.ts';
import { firstRecordOf, isPlural, observerAt } from './view-rows.ts';

/** Who tells an identifier of a view, by its bit among the marks of observers; 0 where nobody does. */
export function tellerOf(view: usize, has: u32): usize {
  if (!isPlural(view)) return (wordAt(observerAt(view) + 28) & has) !== 0 ? observerAt(view) : 0;
  let best: usize = 0;
  for (let record = firstRecordOf(view); record !== 0; record = nextOfView(record)) {
    const observer = observerOf(record);
    if ((wordAt(observer + 28) & has) === 0 || observer === best) continue;
    if (best === 0 || wordAt(observer) > wordAt(best)) best = observer;
  }
  return best;
}

/** The cells behind the interface of a line, in their order. */
export const REST_CELLS: u32 = 4;
/** Their lengths, a word each, stand before the text of what stands behind the interface. */
const LENGTHS: u32 = 16;

function bitOfCell(cell: u32): u32 {
  return cell === 0 ? HAS_VPC : cell === 1 ? HAS_SUBNET : cell === 2 ? HAS_INSTANCE : HAS_ACCOUNT;
}

/** Who tells a cell, if only that it is empty. */
function tellerOfCell(view: usize, cell: u32): usize {
  const teller = tellerOf(view, bitOfCell(cell));
  return teller === 0 ? observerAt(view) : teller;
}

/** Where the text of a cell lies. */
export function textOfCell(view: usize, cell: u32): usize {
  const rest: usize = wordAt(tellerOfCell(view, cell) + 32);
  let text = rest;
  for (let i: u32 = 0; i < cell; i++) text += wordAnywhere(rest - LENGTHS + (i << 2));
  return text;
}
export function lengthOfCell(view: usize, cell: u32): u32 {
  const rest: usize = wordAt(tellerOfCell(view, cell) + 32);
  return wordAnywhere(rest - LENGTHS + (cell << 2));
}
