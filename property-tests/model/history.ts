/**
 * The whole life in Zeek's letters: s SYN, h SYN-ACK, d payload proven by bytes, f FIN, r RST; upper case for the
 * initiator. Each letter stands once a side. Inside one window the log has no order: openings come first, then data,
 * then closes, the initiator's before the responder's.
 */
import { List } from 'immutable';
import { hasFin, hasRst } from '../../src/model/tcp-flags.ts';
import type { End } from './ends.ts';
import { settle } from './sides.ts';
import { answers, dials, provesPayload, type Sighting } from './sighting.ts';
import { windowsOf } from './windows.ts';

const IN_A_WINDOW = List('SsHhDdFfRr');

const saysLetter = (sighting: Sighting, letter: string): boolean => {
  const flags = sighting.flags ?? 0;
  switch (letter) {
    case 's':
      return dials(sighting);
    case 'h':
      return answers(sighting);
    case 'd':
      return provesPayload(sighting);
    case 'f':
      return hasFin(flags);
    default:
      return hasRst(flags);
  }
};

const isSaid = (window: List<Sighting>, letter: string, initiator: End): boolean => {
  const isInitiators = letter === letter.toUpperCase();
  return window.some(
    (sighting) =>
      (sighting.sender === initiator) === isInitiators && saysLetter(sighting, letter.toLowerCase()),
  );
};

/** @param sightings of one connection, in order */
export const historyOf = (sightings: List<Sighting>, initiator: End): string => {
  const letters = windowsOf(settle(sightings, initiator)).flatMap((window) =>
    IN_A_WINDOW.filter((letter) => isSaid(window, letter, initiator)),
  );
  return letters.filter((letter, i) => letters.indexOf(letter) === i).join('');
};
