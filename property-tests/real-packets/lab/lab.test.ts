import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPackets } from '../packet.ts';
import { readPcap } from '../pcap.ts';
import { nameEnds, type Opening, openingsOf } from '../sightings.ts';
import { captureTown, type Dialled, whyNoLab } from './lab.ts';
import { drawTown } from './town.ts';

const reason = whyNoLab();

describe.skipIf(reason !== null)(
  `packets captured anew${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'conntrail-lab-'));
    const town = drawTown(3, 12, 0.03);
    let dialled: readonly Dialled[] = [];
    let openings: ReadonlyMap<string, Opening> = new Map();

    beforeAll(async () => {
      const path = join(folder, 'town.pcap');
      ({ dialled } = await captureTown(town, path));
      openings = openingsOf(readPackets(readPcap(readFileSync(path))));
    });

    afterAll(() => rmSync(folder, { recursive: true }));

    it('tell of every connection that came about who called connect: the sender of its SYN', () => {
      const told = dialled.flatMap(({ dial: { from, to, toPort }, fromPort }) =>
        fromPort === null
          ? []
          : [{ opener: { address: from, port: fromPort }, answerer: { address: to, port: toPort } }],
      );
      expect(told.length).toBeGreaterThan(30);
      expect(told.map(({ opener, answerer }) => openings.get(nameEnds(opener, answerer)))).toEqual(told);
    });

    it('tell of attempts that were refused, too', () => {
      const refused = dialled.map(({ dial }) => dial).filter(({ habit }) => habit === 'refused');
      const tried = new Set(
        [...openings.values()].map(({ answerer }) => `${answerer.address} ${answerer.port}`),
      );
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.filter(({ to, toPort }) => !tried.has(`${to} ${toPort}`))).toEqual([]);
    });
  },
);
