/** A real browser for the tests: its binary comes with an npm package, so that nothing else has to be installed. */
import bundled from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Arguments for a browser in the cloud that would loosen what is tested here, or make it one process. */
const NOT_OURS = new Set([
  '--single-process',
  '--no-zygote',
  '--disable-web-security',
  '--allow-running-insecure-content',
]);

/** @throws Error with what is the matter when it cannot start on this machine. */
export const openBrowser = async (): Promise<Browser> => {
  try {
    return await chromium.launch({
      args: bundled.args.filter((argument) => !NOT_OURS.has(argument)),
      executablePath: await bundled.executablePath(),
      timeout: 0, // the runner's patience is enough
    });
  } catch (error) {
    throw new Error(
      `The browser of @sparticuz/chromium cannot start on this machine (it needs Linux on x64 or arm64): ${error}`,
      { cause: error },
    );
  }
};

/** A page that waits as long as its test does: a busy machine is slow, not wrong. */
export const newPage = async (browser: Browser, options: BrowserContextOptions): Promise<Page> => {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(0);
  page.setDefaultNavigationTimeout(0);
  return page;
};

export interface Opened {
  readonly page: Page;
  /** Whatever the console showed and whatever was thrown. */
  readonly complaints: string[];
  /** Addresses asked for, the file itself aside. */
  readonly requests: string[];
  /** From asking for the file until it said that it was drawn, in milliseconds: for the bench, no test depends on it. */
  readonly milliseconds: number;
}

/** Opens a file as a double click would. */
export const openFile = async (
  browser: Browser,
  file: string,
  look: { readonly colorScheme?: 'dark' | 'light'; readonly width?: number } = {},
): Promise<Opened> => {
  const page = await newPage(browser, {
    viewport: { width: look.width ?? 1280, height: 900 },
    colorScheme: look.colorScheme ?? 'light',
  });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) requests.push(request.url());
  });
  const started = performance.now();
  await page.goto(`file://${file}`);
  await page.waitForSelector('html[data-ready="true"]', { state: 'attached' });
  return { page, complaints, requests, milliseconds: performance.now() - started };
};
