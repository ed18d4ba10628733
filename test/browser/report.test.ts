/** The report in a real browser: opened from a disk, read, filtered, zoomed, walked by keys, and attacked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAddressRange } from '../../src/cli/address-range.ts';
import { buildFilter, type FilterOptions } from '../../src/cli/filters.ts';
import type { Connection } from '../../src/model/connection.ts';
import { type ReportOptions, renderReport } from '../../src/report/render-report.ts';
import { connection, vantage } from '../export/connection.ts';
import { numberedConnections } from '../report/many-connections.ts';
import { openBrowser, openFile } from './open-browser.ts';

const CONNECTIONS = numberedConnections(1_500);

const ALL: FilterOptions = {
  addresses: [],
  ports: [],
  states: [],
  verdicts: [],
  since: null,
  until: null,
  initiatedBy: [],
};

describe('the report in a browser', () => {
  let browser: Browser;
  let folder = '';
  const write = async (
    name: string,
    connections: readonly Connection[],
    options: ReportOptions = {},
  ): Promise<string> => {
    const file = join(folder, name);
    writeFileSync(file, await renderReport(connections, options));
    return file;
  };
  let file = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conntrail-report-'));
    [browser, file] = await Promise.all([openBrowser(), write('report.html', CONNECTIONS)]);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const timeline = (page: Page): Promise<{ from: number; to: number; lanes: number }> =>
    page.locator('.timeline').evaluate((node) => ({
      from: Number((node as HTMLElement).dataset['from']),
      to: Number((node as HTMLElement).dataset['to']),
      lanes: Number((node as HTMLElement).dataset['lanes']),
    }));

  it('opens from a file without a request and without a word on the console', async () => {
    const { page, complaints, requests } = await openFile(browser, file);
    expect(await page.locator('h1').textContent()).toBe('Connections report');
    expect(await page.locator('svg').count()).toBeGreaterThanOrEqual(4);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  });

  it('keeps what the library keeps for the same filter', async () => {
    const { page } = await openFile(browser, file);
    await page.evaluate(() => {
      const writeText = async (text: string): Promise<void> => {
        document.documentElement.dataset['copied'] = text;
      };
      Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
    });
    const range = (text: string) => [parseAddressRange(text, '--address')];
    const cases: readonly (readonly [Readonly<Record<string, string>>, Partial<FilterOptions>])[] = [
      [{ address: '192.168.1.0/30' }, { addresses: range('192.168.1.0/30') }],
      [
        { port: '22', since: '1700000500' },
        { ports: [22], since: 1_700_000_500 },
      ],
      [
        { initiatedBy: '10.0.1.0/24', until: '2023-11-14 22:30:00' },
        { initiatedBy: range('10.0.1.0/24'), until: Date.UTC(2023, 10, 14, 22, 30) / 1000 },
      ],
    ];
    for (const [fields, options] of cases) {
      await page.click('#clear');
      for (const [name, text] of Object.entries(fields)) await page.fill(`#filter-${name}`, text);
      await page.click('.chip[data-state="reset"]');
      const keep = buildFilter({ ...ALL, ...options, states: ['reset'] });
      const expected = CONNECTIONS.filter(keep).map(
        ({ initiator }) => `${initiator.address}:${initiator.port}`,
      );
      expect(expected.length).toBeGreaterThan(0);
      await expect
        .poll(() => page.locator('output.count').textContent())
        .toBe(`${expected.length} of 1,500 shown`);
      await page.click('text=Copy these rows');
      const copied = await page.evaluate(() => document.documentElement.dataset['copied'] ?? '');
      const initiators = copied
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t')[1]);
      expect(initiators.sort()).toEqual(expected.sort());
    }
    await page.close();
  });

  it('shows names beside addresses, finds them and runs nothing of them', async () => {
    const hostile = '<img src=x onerror=document.title="run">';
    // All initiators are in 10.0.0.0/16, all responders in 192.168.0.0/16.
    const names = (address: string): string => (address.startsWith('10.0.') ? 'web tier' : hostile);
    const { page, complaints } = await openFile(browser, await write('names.html', CONNECTIONS, { names }));
    const row = page.locator('tr.row').first();
    const initiator = (await row.locator('td').nth(1).textContent()) ?? '';
    expect(initiator).toMatch(/^10\.0\.\d+\.\d+:\d+ \(web tier\)$/);
    expect(await row.locator('td').nth(2).textContent()).toContain(`(${hostile})`);
    await row.click();
    expect(await page.locator('#details h2').textContent()).toContain(initiator);
    await page.keyboard.press('Escape');
    for (const title of await page.locator('.matrix tbody th').allTextContents())
      expect(title).toMatch(/^10\.0\.\d+\.\d+(\/24)? \(web tier\)$/);
    await page.fill('#filter-search', 'WEB TIER');
    await expect.poll(() => page.locator('output.count').textContent()).toBe('1,500 of 1,500 shown');
    await page.fill('#filter-search', 'mail tier');
    await expect.poll(() => page.locator('output.count').textContent()).toBe('0 of 1,500 shown');
    expect(await page.title()).toBe('Connections report');
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('zooms and pans the timeline by keys, wheel and buttons', async () => {
    const { page } = await openFile(browser, file);
    const whole = await timeline(page);
    expect(whole.lanes).toBe(CONNECTIONS.filter((each) => each.openedAt !== null).length);
    await page.locator('.lanes').focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    const zoomed = await timeline(page);
    // Four halvings.
    expect(zoomed.to - zoomed.from).toBeCloseTo((whole.to - whole.from) / 16, 3);
    expect(zoomed.lanes).toBeLessThan(whole.lanes);
    await page.keyboard.press('ArrowRight');
    expect((await timeline(page)).from).toBeCloseTo(zoomed.from + (zoomed.to - zoomed.from) / 8, 3);
    await page.keyboard.press('0');
    expect(await timeline(page)).toEqual(whole);
    await page.locator('.lanes').hover();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await expect.poll(async () => (await timeline(page)).lanes).toBeLessThan(whole.lanes);
    await page.close();
  });

  it('is walked by keys: a row is explained on Enter, Escape goes back to where one was', async () => {
    const { page } = await openFile(browser, file);
    await page.locator('.table-scroll').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator('#details').isVisible()).toBe(true);
    expect(await page.locator('#details').textContent()).toContain('C00000002');
    await page.keyboard.press('Escape');
    expect(await page.locator('#details').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('table-scroll');
    await page.close();
  });

  it('is dark where the system is, light where it is not, and changes on a button', async () => {
    const ground = (page: Page): Promise<number> =>
      page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.body).backgroundColor)?.[0]));
    const dark = await openFile(browser, file, { colorScheme: 'dark' });
    expect(await ground(dark.page)).toBeLessThan(60);
    await dark.page.click('#theme');
    expect(await ground(dark.page)).toBeGreaterThan(200);
    await dark.page.close();
    const light = await openFile(browser, file, { colorScheme: 'light' });
    expect(await ground(light.page)).toBeGreaterThan(200);
    expect(light.complaints).toEqual([]);
    await light.page.close();
  });

  it('does nothing that a hostile log tells it to', async () => {
    const evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'\u202egnp.exe\u001b[31m';
    const hostile = connection({
      uid: evil,
      communityId: evil,
      protocol: evil,
      state: null,
      connState: evil,
      history: evil,
      path: evil,
      initiator: { address: evil },
      responder: { address: evil },
      vantages: [
        vantage({ interfaceId: evil, vpcId: evil, subnetId: evil, instanceId: evil, rewrites: evil }),
      ],
    });
    const attacked = await write('hostile.html', [hostile, connection()], {
      title: evil,
      filters: evil,
      findings: [{ title: evil, evidence: evil, count: 1, uids: [evil] }],
    });
    const { page, complaints, requests } = await openFile(browser, attacked);
    await page.locator('.row').first().click();
    await page.locator('.findings button').click();
    expect(await page.locator('output.count').textContent()).toBe('1 of 2 shown');
    expect(await page.locator('img').count()).toBe(0);
    const text = await page.evaluate(() => document.body.innerText + document.title);
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text).toContain('\\u{202e}gnp.exe\\x1b[31m');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  });

  it('says what it left out, and counts everything', async () => {
    const some = await write('some.html', CONNECTIONS, { top: 100 });
    const { page } = await openFile(browser, some);
    expect(await page.locator('#left-out').textContent()).toContain(
      'This file holds 100 of 1,500 connections and leaves out 1,400',
    );
    // Every 17th of 1,500 is an exchange: 89.
    expect(await page.locator('.card strong').first().textContent()).toBe('1,411');
    await page.close();
  });

  it('stays within a narrow window', async () => {
    const { page } = await openFile(browser, file, { width: 390 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.close();
  });

  it('draws 100,000 connections, and of its table what is in sight', async () => {
    const large = await write('large.html', numberedConnections(100_000), { top: 100_000 });
    const { page, complaints } = await openFile(browser, large);
    expect(await page.locator('output.count').textContent()).toBe('100,000 of 100,000 shown');
    const rows = await page.locator('.row').count();
    expect(rows).toBeGreaterThan(10);
    expect(rows).toBeLessThan(100);
    // All that have an opening lie on the timeline; it draws as many as there is room for, and says how many there are.
    expect((await timeline(page)).lanes).toBe(100_000);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
