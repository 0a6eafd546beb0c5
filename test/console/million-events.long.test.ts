import { openPostgres, type Sql } from '@admit-one/adapter-postgres';
import { type Browser, type Engine, startBrowser, startPostgres } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillAuditLog } from '../bench/audit-log/fill-audit-log.ts';
import { describeInBrowser } from '../browser/describe-in-browser.ts';
import { openConsole } from './console-page.ts';
import { type ConsoleServer, startConsoleServer } from './console-server.ts';

const EVENTS = 1_000_000;
const FIRST_ROWS_MS = 1_000;
const FILL_MS = 600_000;

describeInBrowser('the console over a million events', ['postgres'], () => {
  let postgres: Engine;
  let server: ConsoleServer;
  let browser: Browser;

  beforeAll(async () => {
    const engine = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
    postgres = engine;
    const url = await engine.createDatabase();
    const open = (): Sql =>
      openPostgres({ url, applicationName: 'console', statementTimeoutMs: FILL_MS, onError: () => {} });
    const { sql } = await fillAuditLog(open(), EVENTS, () => {});
    await sql.close();
    [server, browser] = await Promise.all([
      startConsoleServer({ openDatabase: async () => open() }),
      startBrowser(),
    ]);
  }, FILL_MS);
  afterAll(async () => {
    await Promise.all([server?.stop(), browser?.close()]);
    await postgres?.stop();
  });

  test('shows the newest events at once', async () => {
    const { page, click, close } = await openConsole(browser, server.url, await server.token(), {
      ...{ colorScheme: 'light', width: 1280 },
    });
    await click('Search');
    // None of them is of the last hour.
    await page.fill('#search', 'type:admit.ticket.consumed');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main .empty button');
    // From the press to the first row, as the page itself has it.
    const newest = (await page.evaluate(`new Promise((resolve) => {
      const begun = performance.now();
      document.querySelector('main .empty button').click();
      const look = () =>
        document.querySelector('.events .event') ? resolve(performance.now() - begun) : requestAnimationFrame(look);
      look();
    })`)) as number;
    await close();
    process.stdout.write(`first rows of a million events: ${Math.round(newest)} ms\n`);
    expect(newest).toBeLessThan(FIRST_ROWS_MS);
  });
});
