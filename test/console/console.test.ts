import { gzipSync } from 'node:zlib';
import { seededEvents } from '@admit-one/port-contracts';
import { type Browser, eventually, startBrowser } from '@admit-one/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from '../browser/describe-in-browser.ts';
import { bundledConsole } from './bundled-console.ts';
import { type ConsolePage, type Look, openConsole, pageTitles } from './console-page.ts';
import { type ConsoleServer, startConsoleServer } from './console-server.ts';
import { hostileEvents } from './hostile-events.ts';

const MOST_BYTES = 180_000;
const HOUR_MS = 3_600_000;

const desktop: Look = { colorScheme: 'light', width: 1280 };
const phone: Look = { colorScheme: 'dark', width: 360 };

/** What each page shows of the events below. */
const shown = {
  Now: /Are rightful users getting in\?[\s\S]*Issued[\s\S]*Last rejections by reason[\s\S]*origin_blocked/,
  Search: /./,
  Alerts: /Messages that are no valid events were kept aside[\s\S]*Look first/,
  Fleet: /instances? alive[\s\S]*audit-service/,
  Completeness: /Is the audit log complete\?\s*No\s*[\s\S]*2 dead letters[\s\S]*Last seal/,
  Settings: /What differs from the defaults[\s\S]*AUDIT_REQUESTS_PER_MINUTE\s+100000/,
} as const;

test('the console is small', async () => {
  const { html, assets } = await bundledConsole();
  const bytes = [html, ...Object.values(assets)].map((text) => gzipSync(text).length);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(MOST_BYTES);
});

describeInBrowser('the console', [], () => {
  let server: ConsoleServer;
  let browser: Browser;
  let opened: ConsolePage;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startConsoleServer(), startBrowser()]);
    const now = Date.now();
    await server.publish([...seededEvents({ count: 500, from: now - HOUR_MS / 4, to: now })]);
    await server.publish(hostileEvents());
    // What is not an event is kept aside, and an alert fires.
    await server.publish(hostileEvents().map((event) => ({ ...event, specversion: '0' }) as never));
  });
  afterAll(() => Promise.all([server.stop(), browser.close()]));
  afterEach(() => opened.close());

  async function open(look: Look): Promise<ConsolePage> {
    opened = await openConsole(browser, server.url, await server.token(), look);
    return opened;
  }

  test.each([
    { by: 'the mouse', look: phone },
    { by: 'the keys alone', look: desktop },
  ])(
    'opens every page by $by, and is accessible at $look.width pixels in $look.colorScheme',
    async ({ by, look }) => {
      const { click, tabTo, see, expectAccessible, expectQuiet } = await open(look);
      for (const title of pageTitles) {
        await (by === 'the mouse' ? click(title) : tabTo(title));
        await see(shown[title]);
        await expectAccessible();
      }
      expectQuiet();
    },
  );

  test('shows hostile values as text', async () => {
    const { page, click, see, expectQuiet } = await open(phone);
    // The fleet shows what an instance told in the last 45 s.
    await server.publish(hostileEvents(3));
    await click('Fleet');
    await see(/<img src=x onerror=/);
    await see(/evil/);
    await click('Search');
    await page.fill('#search', 'reason:origin_blocked source:ws-edge');
    await page.keyboard.press('Enter');
    await see(/<img src=x onerror=/);
    expect(await page.evaluate('[globalThis.broken, document.images.length]')).toEqual([undefined, 0]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expectQuiet();
  });

  test('says how far the log is behind', async () => {
    const { page } = await open(desktop);
    expect(await page.locator('.behind').count()).toBe(0);
    // The same answer, as it would be four and a half minutes later.
    await page.route('**/api/v1/audit/events?*limit=1*', async (route) => {
      const response = await route.fetch();
      const date = new Date(Date.now() + 270_000).toUTCString();
      await route.fulfill({ response, headers: { ...response.headers(), date } });
    });
    await page.reload();
    await page.fill('#token', await server.token());
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await page.innerText('.behind')).toBe('4 min behind'), {
      what: 'how far it is behind',
    });
  });

  // The last one: it takes the bus away.
  test('works without the bus, and masks secrets', async () => {
    const { page, click, see } = await open(desktop);
    await server.loseBus();
    for (const title of pageTitles) {
      await click(title);
      await see(shown[title]);
    }
    await page.click('button:text-matches("^Show all")');
    await see(/ALERTMANAGER_URL\s+secret, set/);
    expect(await page.content()).not.toContain('hidden-one');
  });
});
