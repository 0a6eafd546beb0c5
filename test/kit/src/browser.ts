import type { Browser } from 'playwright-core';
import { findProgram } from './engines/programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { PATIENCE_MS } from './within.ts';

export type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';

/** Root may run it, and it asks nobody for anything by itself. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/**
 * What the driver switches off, and users have: pages that are kept when left, and timers that slow down when hidden. Not the
 * low priority of pages without a window, which is all of them here: on a busy machine they would hardly run.
 */
const AS_USERS_HAVE_IT = ['--disable-back-forward-cache', '--disable-background-timer-throttling'];

/** What Debian's launcher calls. */
const PATH = '/usr/bin:/bin';

/**
 * Starts Chromium without a window, with a new profile; `close` ends it and leaves no file. It ends at the latest when
 * this process does. Each of its contexts is a browser of somebody else: no cookies, no storage, no cache.
 * @throws {Error} where it is not installed
 */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findProgram('chromium');
  const { chromium } = await import('playwright-core');
  const home = await temporaryDirectory();
  const env = { PATH, HOME: home.path, TMPDIR: home.path };
  try {
    const browser = await chromium.launch({
      ...{ executablePath, args: ARGUMENTS, ignoreDefaultArgs: AS_USERS_HAVE_IT, env },
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    });
    const [close, newContext] = [browser.close.bind(browser), browser.newContext.bind(browser)];
    return Object.assign(browser, {
      async newContext(...options: Parameters<typeof newContext>) {
        const context = await newContext(...options);
        context.setDefaultTimeout(PATIENCE_MS);
        return context;
      },
      async close() {
        await close();
        await home.remove();
      },
    });
  } catch (error) {
    await home.remove();
    throw error;
  }
}
