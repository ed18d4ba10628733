/**
 * A picture, shape by shape. Names of 36 characters put the first pixel of time at 16 + 36 × 6.75 + 12 + 168 + 12 = 451, and
 * the last lies at 1280 - 16 - 10 = 1254: on 803 seconds a pixel is a second, and two seconds are too narrow to see.
 */
import { describe, expect, it } from 'vitest';
import type { Connection, ConnectionWindow, WindowSide } from '../../src/model/connection.ts';
import { renderTimelineSvg } from '../../src/timeline/draw-svg.ts';
import { FAMILIES, FAMILY_COLOURS } from '../../src/timeline/families.ts';
import { renderTimelinePage } from '../../src/timeline/render-page.ts';
import { connection } from '../export/connection.ts';

const T0 = 1_700_000_000; // 2023-11-14 22:13:20 UTC
const px = (second: number): number => 451 + second;

/** 803 seconds, opened in the first minute; the FIN lies in the last two. */
const talk = (given: Parameters<typeof connection>[0] = {}): Connection =>
  connection({
    ...{ firstSeen: T0, lastSeen: T0 + 803, openedAt: T0, openedBy: T0 + 60 },
    ...{ closedAfter: T0 + 743, closedAt: T0 + 803, durationMin: null },
    ...given,
  });

const sent = (action: WindowSide['action'] = 'accept'): WindowSide => ({
  ...{ packets: 1, bytes: 100, flags: 0, action },
});
const window = (start: number, end: number, initiator: WindowSide = sent()): ConnectionWindow => ({
  ...{ start: T0 + start, end: T0 + end, initiator, responder: null },
});

/** What is drawn of the lanes, each a list of its elements without its titles. */
const lanesIn = (svg: string): string[][] =>
  svg
    .split('\n')
    .filter((line) => line.startsWith('<g class="lane'))
    .map((line) =>
      (line.replaceAll(/<title>.*?<\/title>/g, '').match(/<(?:rect|path) [^>]*>/g) ?? []).map((element) =>
        element.replace(/\/?>$/, ''),
      ),
    );
const laneOf = async (given: Parameters<typeof connection>[0] = {}): Promise<string[]> =>
  lanesIn(await renderTimelineSvg([talk(given)]))[0] ?? [];
const titlesOf = async (given: Parameters<typeof connection>[0] = {}): Promise<string[]> =>
  [...(await renderTimelineSvg([talk(given)])).matchAll(/<title>(.*?)<\/title>/g)].map(
    ([, text]) => text as string,
  );

const bar = (style: string, from: number, to: number): string =>
  `<rect class="${style}" x="${px(from)}" y="68" width="${to - from}" height="12"`;
const thin = (style: string, from: number, to: number): string =>
  `<rect class="${style} thin" x="${px(from)}" y="72.5" width="${to - from}" height="3"`;
const line = (second: number): string => `<path class="mark" d="M${px(second)} 66v16"`;

describe('a lane', () => {
  it('is sure between the end of its opening and the beginning of its close, less the slack', async () => {
    expect(await laneOf()).toEqual([
      bar('possibly', 0, 60),
      bar('surely', 60, 683),
      bar('possibly', 683, 803),
      line(0),
      line(803),
    ]);
  });

  it('is thin where nothing was logged, and has its windows on it, cut where they touch', async () => {
    const windowDetails = [window(0, 100), window(100, 200), window(400, 500, sent('reject'))];
    expect(await laneOf({ windowDetails })).toEqual([
      bar('possibly', 0, 60),
      bar('surely', 60, 100),
      bar('surely', 100, 200),
      thin('surely', 200, 400),
      bar('surely', 400, 500),
      thin('surely', 500, 683),
      thin('possibly', 683, 803),
      bar('pointed', 0, 100),
      `<path class="cut" d="M${px(100)} 68v12"`,
      bar('pointed', 100, 200),
      bar('rejected', 400, 500),
      line(0),
      line(803),
    ]);
  });

  it('joins windows that two pixels hold, and says so', async () => {
    const windowDetails = [
      window(100, 100),
      window(101, 101, sent('reject')),
      window(100, 101),
      // Two seconds from the first: that can be told apart.
      window(102, 102),
      window(300, 400),
      { ...window(500, 600), start: null },
      { ...window(500, 600), end: null },
    ];
    const elements = (await laneOf({ windowDetails })).filter((element) =>
      /pointed|rejected|cut/.test(element),
    );
    expect(elements).toEqual([
      bar('rejected', 100, 102),
      `<path class="cut" d="M${px(102)} 68v12"`,
      bar('pointed', 102, 104),
      bar('pointed', 300, 400),
    ]);
    const titles = await titlesOf({ windowDetails });
    expect(titles.slice(2)).toEqual([
      '2023-11-14 22:15:00 to 2023-11-14 22:15:01: 3 intervals, too narrow to be told apart here',
      '2023-11-14 22:15:02 to 2023-11-14 22:15:02: → 100 B',
      '2023-11-14 22:18:20 to 2023-11-14 22:20:00: → 100 B',
    ]);
  });

  it('has a cross for a reset, an arrow where it was open at the end, and nothing for what was not seen', async () => {
    expect((await laneOf({ responder: { flags: 4 } })).at(-1)).toBe(
      `<path class="mark" d="M${px(803) - 3.5} 70.5l7 7m0 -7l-7 7"`,
    );
    const open = { endsOpen: true, closedAfter: null, closedAt: null } as const;
    expect((await laneOf(open)).at(-1)).toBe(`<path class="open" d="M${px(803) + 1} 68l7 6l-7 6z"`);
    const unseen = { openedAt: null, openedBy: null, closedAfter: null, closedAt: null };
    expect((await laneOf(unseen)).filter((element) => element.includes('path'))).toEqual([]);
  });

  it('is two pixels wide at least, and possible where no moment is sure', async () => {
    const blink = { firstSeen: T0, lastSeen: T0, closedAfter: T0, closedAt: T0, openedBy: T0 };
    expect((await laneOf(blink))[0]).toBe(bar('possibly', 0, 2));
  });

  it('says all about it to who points at it', async () => {
    const [, title] = await titlesOf();
    expect(title).toBe(
      '52.213.180.42:43418 → 10.0.0.62:5001, closed, 2023-11-14 22:13:20 to 2023-11-14 22:26:43 UTC; ' +
        'lasted at most 298 s; initiator sent 23.4 MB, responder 64.0 kB; opened: handshake; closed: FIN by initiator',
    );
    const unseen = { openedAt: null, openedBy: null, closedAfter: null, closedAt: null };
    expect((await titlesOf(unseen))[1]).toMatch(/; opening not in the log; close not in the log$/);
    expect((await titlesOf({ ...unseen, endsOpen: true, hasGap: true }))[1]).toMatch(
      /; no close seen; AWS lost records while it was open \(SKIPDATA\)$/,
    );
  });

  it('has its facts in front: state, what is proven of its length, and bytes of both sides', async () => {
    const facts = async (given: Parameters<typeof connection>[0]): Promise<string | undefined> =>
      /class="facts" x="439" y="78" text-anchor="end">(.*?)</.exec(
        await renderTimelineSvg([talk(given)]),
      )?.[1];
    expect(await facts({})).toBe('closed ≤ 298 s 23.5 MB');
    expect(await facts({ hasGap: true, initiator: { bytes: null } })).toBe('closed † ≤ 298 s 64.0 kB');
    expect(await facts({ responder: { bytes: null }, initiator: { bytes: 7 } })).toBe('closed ≤ 298 s 7 B');
    expect(await facts({ responder: { bytes: null }, initiator: { bytes: null } })).toBe('closed ≤ 298 s');
  });

  it('keeps both ends of a name that is too long', async () => {
    // 26 characters have room: of 41 the first 14 and the last 11 stay.
    const address = '2001:db8:1111:2222:3333:4444:5555:6666';
    const svg = await renderTimelineSvg([talk({ initiator: { address, port: 443 } })]);
    expect(svg).toContain('y="78">[2001:db8:1111…5:6666]:443 → 10.0.0.62:5001</text>');
    const just = await renderTimelineSvg([
      talk({ initiator: { address: '2001:db8:1111:2222::', port: 4433 } }),
    ]);
    // [2001:db8:1111:2222::]:4433 has 27 characters, one less fits.
    expect(just).toContain('>[2001:db8:1111…222::]:4433 →');
    const fits = await renderTimelineSvg([
      talk({ initiator: { address: '2001:db8:1111:2222::', port: 443 } }),
    ]);
    expect(fits).toContain('>[2001:db8:1111:2222::]:443 →');
  });
});

describe('a picture', () => {
  it('has a tick every minute on thirteen, and its span above', async () => {
    const svg = await renderTimelineSvg([talk()]);
    const ticks = [
      ...svg.matchAll(
        /translate\(([\d.]+) 0\)"><line y1="58" y2="84"\/><text y="54" text-anchor="middle">([^<]*)</g,
      ),
    ];
    // 22:14:00 is second 40; of d3's steps of 30 s, 1 and 5 min, one minute comes nearest to seven ticks.
    expect(ticks.map(([, at, label]) => [at, label])).toEqual(
      Array.from({ length: 13 }, (_, i) => [String(px(40 + 60 * i)), `22:${14 + i}`]),
    );
    expect(svg).toContain(
      '<text class="about" x="16" y="44">2023-11-14 22:13:20 to 2023-11-14 22:26:43 UTC</text>',
    );
  });

  const labelsOf = async (first: number, seconds: number): Promise<string[]> => {
    const times = { firstSeen: first, lastSeen: first + seconds, openedAt: null, closedAt: null };
    const svg = await renderTimelineSvg([talk({ ...times, openedBy: null, closedAfter: null })]);
    return [...svg.matchAll(/text-anchor="middle">([^<]*)</g)].map(([, label]) => label as string);
  };

  it('tells seconds where they matter and days where they change', async () => {
    // A minute at least is drawn: 22:13:20 to 22:14:20.
    expect((await labelsOf(T0, 5))[0]).toBe('22:13:20');
    // Six hours around midnight, an hour a tick: 23:00, the day, 01:00.
    expect(await labelsOf(T0 + 2000, 6 * 3600)).toEqual([
      '23:00',
      '2023-11-15',
      '01:00',
      '02:00',
      '03:00',
      '04:00',
    ]);
    expect((await labelsOf(T0, 8 * 86_400)).every((label) => /^2023-11-\d\d$/.test(label))).toBe(true);
  });

  it('stripes every other lane, and has a foot where there are more than thirty', async () => {
    const of = async (count: number): Promise<string> =>
      renderTimelineSvg(
        Array.from({ length: count }, (_, i) => talk({ uid: `C${String(i).padStart(2, '0')}` })),
      );
    const three = await of(3);
    expect(three.match(/<rect class="stripe"[^>]*>/g)).toEqual([
      '<rect class="stripe" x="0" y="84" width="1280" height="20"/>',
    ]);
    // 64 + 3 × 20 = 124 is the bottom; the legend is one line at 152, what the signs of lengths mean
    // is another, and 2 × 18 + 4 + 4 below the first ends the picture.
    expect(three).toContain('viewBox="0 0 1280 196" width="1280" height="196"');
    expect(three.match(/transform="translate\(16 152\)"/g)).toHaveLength(1);
    // Head and foot tell the time from 31 lanes on: 64 + 31 × 20 = 684.
    expect((await of(30)).match(/text-anchor="middle"/g)).toHaveLength(13);
    const many = await of(31);
    expect(many.match(/text-anchor="middle"/g)).toHaveLength(26);
    expect(many.match(/<text y="698" text-anchor="middle">22:14</g)).toHaveLength(1);
    expect(many).toContain('translate(16 726)');
  });

  const legendOf = async (...connections: Connection[]): Promise<string[]> =>
    [...(await renderTimelineSvg(connections)).matchAll(/<text class="about" x="30">([^<]*)</g)].map(
      ([, text]) => text as string,
    );

  it('explains the signs and families that it shows', async () => {
    const always = ['surely open', 'possibly', 'nothing logged', 'opening, close'];
    const whole = 'answered: established, half-closed, closed';
    expect(await legendOf(talk())).toEqual([...always, whole]);
    expect(await legendOf(talk({ endsOpen: true, closedAt: null, closedAfter: null }))).toEqual([
      ...[...always, 'no close seen', whole],
    ]);
    expect(await legendOf(talk({ windowDetails: [window(0, 60, sent('reject'))] }))).toEqual([
      ...[...always, 'rejected', whole],
    ]);
    expect(await legendOf(talk({ windowDetails: [window(0, 60)] }))).toEqual([...always, whole]);
    const reset = talk({ uid: 'C2', state: 'reset', initiator: { flags: 4 } });
    expect(await legendOf(talk(), reset)).toEqual([...always, 'RST', whole, 'answered, then reset']);
    expect(await legendOf(talk({ state: null }))).toEqual([...always, 'other protocols than TCP']);
  });

  it('has a title, a style of its own, and notes of what it does not show', async () => {
    const svg = await renderTimelineSvg([talk(), talk({ uid: 'C2', firstSeen: null })], { title: 'a < b' });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" class="timeline" role="img" /);
    expect(svg).toContain('<title>a &lt; b</title>');
    expect(svg).toContain('<text class="title" x="16" y="24">a &lt; b</text>');
    expect(svg).toMatch(/<style>\n\.timeline \{ --ground: #ffffff;/);
    // 84 is the bottom, 112 the legend, 112 + 18 + 4 what the signs of lengths mean, 18 below it the note.
    expect(svg).toContain(
      '<text class="about note" x="16" y="152">1 connection carries no times and cannot be placed.</text>',
    );
    expect(svg).toContain('height="174"');
    expect(await renderTimelineSvg([talk()])).toContain('<title>Timeline</title>');
    expect(svg.endsWith('</svg>\n')).toBe(true);
  });

  it('may be empty', async () => {
    const svg = await renderTimelineSvg([]);
    expect(svg).toContain('>No connection has a place in time.</text>');
    expect(svg).not.toContain('class="lane');
  });
});

describe('a page', () => {
  it('has the title, the picture and its style once, and allows nothing else', async () => {
    const page = await renderTimelinePage([talk()], { title: 'a < b', top: 1 });
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n/);
    expect(page).toContain('<title>a &lt; b</title>\n<style>\n.timeline {');
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).toMatch(
      /content="default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'">/,
    );
    expect(page).toMatch(/<body>\n<svg [\s\S]*<\/svg>\n<\/body>\n<\/html>\n$/);
    expect(page).toContain('.timeline { display: block; width: 100%;');
    expect(await renderTimelinePage([talk()])).toContain('<title>Timeline</title>\n<style>');
  });
});

describe('what does not fit', () => {
  const svgOf = (...given: Connection[]): Promise<string> => renderTimelineSvg(given);

  it('of the legend goes on in the next line, and the picture grows by it', async () => {
    const states = ['closed', 'refused', 'reset', 'midstream', null] as const;
    const svg = await svgOf(...states.map((state, i) => talk({ uid: `C${i}`, state })));
    const places = [...svg.matchAll(/<g class="(\w+)" transform="translate\(([\d.]+) (1\d\d|2\d\d)\)">/g)];
    // The legend begins at 64 + 5 × 20 + 28 = 192; each takes 30 + 6.4 a character + 16 of the 1280, from 16 on. The signs
    // have 11, 8, 14 and 14 characters and end at 500.8; the families have 42 and 59, which end at 815.6 and 1239.2, and
    // then 20: the next line begins with them, and has room for 51 and 24 more.
    expect(places.map(([, family, x, y]) => [family, Number(x), Number(y)])).toEqual([
      ...[
        ['whole', 16, 192],
        ['whole', 132.4, 192],
        ['whole', 229.6, 192],
        ['whole', 365.2, 192],
      ],
      ...[
        ['whole', 500.8, 192],
        ['failed', 815.6, 192],
      ],
      ...[
        ['reset', 16, 210],
        ['partial', 190, 210],
        ['exchange', 562.4, 210],
      ],
    ]);
    // Two lines of 18, 4 before and behind the notes, of which one says what the signs of lengths mean.
    expect(svg).toContain('height="254"');
  });

  it('of the notes has a line each', async () => {
    const svg = await renderTimelineSvg([talk(), talk({ uid: 'C2' }), talk({ uid: 'C3', firstSeen: null })], {
      top: 1,
    });
    const notes = [...svg.matchAll(/<text class="about note" x="16" y="(\d+)">([^<]*)</g)];
    expect(notes.map(([, y, text]) => [y, text])).toEqual([
      ...[['134', 'lasted, as far as proven: ≤\u00a0at most']],
      ...[['152', '1 of 2 connections: the longest are shown, 1 is left out.']],
      ...[['170', '1 connection carries no times and cannot be placed.']],
    ]);
  });

  it('of a window outside its lane is not drawn as a part of it', async () => {
    const elements = await laneOf({ windowDetails: [window(-50, 100), window(700, 900)] });
    expect(elements.filter((element) => /surely|possibly/.test(element))).toEqual([
      bar('possibly', 0, 60),
      bar('surely', 60, 100),
      thin('surely', 100, 683),
      thin('possibly', 683, 700),
      bar('possibly', 700, 803),
    ]);
  });

  it('stays apart from windows that come in another order, and from each other at two seconds', async () => {
    const windowDetails = [window(400, 500), window(0, 100), window(102, 200)];
    const elements = await laneOf({ windowDetails });
    expect(elements.filter((element) => /surely|possibly/.test(element))).toEqual([
      ...[bar('possibly', 0, 60), bar('surely', 60, 100), thin('surely', 100, 102), bar('surely', 102, 200)],
      ...[
        thin('surely', 200, 400),
        bar('surely', 400, 500),
        thin('surely', 500, 683),
        thin('possibly', 683, 803),
      ],
    ]);
    // A window that begins before the one in front of it ends is told from it by a cut; two seconds show by themselves.
    expect(elements.filter((element) => element.includes('cut'))).toEqual([
      `<path class="cut" d="M${px(0)} 68v12"`,
    ]);
  });

  it('of what two windows hold is rejected when one of them is', async () => {
    const rejected = window(0, 1, sent('reject'));
    expect(await svgOf(talk({ windowDetails: [window(0, 60), rejected] }))).toContain('>rejected</text>');
    const joined = await laneOf({ windowDetails: [window(0, 0), window(0, 1)] });
    expect(joined.some((element) => element.includes('rejected'))).toBe(false);
  });
});

it('styles each family in both looks, in the picture as in the page', async () => {
  const svg = await renderTimelineSvg([talk()]);
  const [light, dark] = svg.split('@media screen and (prefers-color-scheme: dark)') as [string, string];
  for (const family of Object.keys(FAMILIES) as (keyof typeof FAMILIES)[]) {
    expect(light).toContain(` --${family}: ${FAMILY_COLOURS.light[family]};`);
    expect(dark).toContain(` --${family}: ${FAMILY_COLOURS.dark[family]};`);
    expect(svg).toContain(`.timeline .${family} { --colour: var(--${family}); }`);
  }
});
