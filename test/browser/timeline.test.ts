/** A timeline's page and picture in a real browser: drawn without a request or a word on the console, light and dark. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderTimelineSvg } from '../../src/timeline/draw-svg.ts';
import { renderTimelinePage } from '../../src/timeline/render-page.ts';
import { connection } from '../export/connection.ts';
import { newPage, openBrowser } from './open-browser.ts';

const CONNECTIONS = [connection(), connection({ uid: 'Cp2', openedBy: 1566848880, closedAfter: 1566849100 })];

describe('a timeline in a browser', () => {
  let browser: Browser;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conntrail-timeline-'));
    writeFileSync(join(folder, 'x.html'), await renderTimelinePage(CONNECTIONS));
    writeFileSync(join(folder, 'x.svg'), await renderTimelineSvg(CONNECTIONS));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['x.html', 'light', 'rgb(0, 114, 178)', 'rgb(255, 255, 255)'],
    ['x.html', 'dark', 'rgb(86, 180, 233)', 'rgb(13, 18, 24)'],
    ['x.svg', 'light', 'rgb(0, 114, 178)', 'rgb(255, 255, 255)'],
    ['x.svg', 'dark', 'rgb(86, 180, 233)', 'rgb(13, 18, 24)'],
  ] as const)('draws %s in %s colours, and asks for nothing', async (name, colorScheme, bar, ground) => {
    const page = await newPage(browser, { colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    const address = `file://${join(folder, name)}`;
    await page.goto(address);
    const fill = (selector: string): Promise<string> =>
      page
        .locator(selector)
        .first()
        .evaluate((node) => getComputedStyle(node).fill);
    expect(await page.locator('.lane').count()).toBe(2);
    expect(await fill('.lane .possibly')).toBe(bar);
    expect(await fill('.ground')).toBe(ground);
    // Bars have a place and a size: the style that the policy lets through is there.
    const box = await page.locator('.lane .possibly').first().boundingBox();
    expect(box?.width).toBeGreaterThan(50);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([address]);
    await page.close();
  });
});
