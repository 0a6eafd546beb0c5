import { type Browser, eventually, missingEngines, startBrowser } from '@admit-one/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DemoPage, type Look, openDemoPage } from './demo-page.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';

const missing = missingEngines('chromium');
const desktop: Look = { colorScheme: 'light', width: 1280 };
const phone: Look = { colorScheme: 'dark', width: 390 };

describe.skipIf(missing)(`the demo page ${missing ?? ''}`, () => {
  let server: DemoServer;
  let browser: Browser;
  let demo: DemoPage;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startDemoServer(), startBrowser()]);
  });
  afterAll(() => Promise.all([server.stop(), browser.close()]));
  afterEach(() => demo.close());

  async function open(look: Look): Promise<void> {
    demo = await openDemoPage(browser, server.url, look);
  }

  async function connect(look: Look): Promise<void> {
    await open(look);
    await demo.page.click('#log-in');
    await demo.page.click('#connect');
    await demo.reach('open');
  }

  /** Presses Tab until something with this text has the focus. */
  async function tabTo(text: string): Promise<void> {
    for (let presses = 0; presses < 40; presses += 1) {
      await demo.page.keyboard.press('Tab');
      if ((await demo.focused()) === text) return;
    }
    throw new Error(`Tab does not lead to ${text}`);
  }

  async function says(selector: string, text: RegExp): Promise<void> {
    await eventually(async () => expect(await demo.page.innerText(selector)).toMatch(text), {
      what: `${text} in ${selector}`,
    });
  }

  test('offers a newcomer one thing to do', async () => {
    await open(desktop);
    expect(await demo.state()).toBe('idle');
    expect(await demo.page.locator('button:visible:enabled').allInnerTexts()).toEqual(['Log in anonymously']);
    demo.expectCleanConsole();
  });

  test('is worked by the keyboard alone, and the focus goes where the work goes', async () => {
    await open(desktop);
    await tabTo('Log in anonymously');
    await demo.pressEnter();
    await eventually(async () => expect(await demo.focused()).toBe('Connect'), { what: 'the focus' });
    await demo.pressEnter();
    await demo.reach('open');
    expect(await demo.focused()).toBe('Disconnect');

    await demo.page.focus('#message');
    await demo.page.keyboard.type('Hello, edge');
    await demo.pressEnter();
    await says('#messages', /Hello, edge\s+came back in/);

    await tabTo('Spend a ticket twice');
    await demo.pressEnter();
    await says('#outcome', /First socket: admitted\s+Second socket: refused 4401 NOT_AUTHORIZED/);
    await says('#outcome', /ticket_replayed/);
    await demo.seeInAuditLog(/refused ticket_replayed/);
    demo.expectCleanConsole();

    await demo.page.focus('#disconnect');
    await demo.pressEnter();
    await demo.reach('stopped');
    expect(await demo.focused()).toBe('Connect');
    await demo.pressEnter();
    await demo.reach('open');
    await demo.page.focus('#logout');
    await demo.pressEnter();
    await demo.reach('idle');
    expect(await demo.focused()).toBe('Log in anonymously');
    expect(await demo.page.innerText('#tickets')).toBe('');
    demo.expectCleanConsole();
  });

  test('shows the life of a ticket as it happens, and each event whole', async () => {
    await connect(desktop);
    await demo.seeInAuditLog(/issued\s+reserved\s+\+[\d.]+ m?s\s+consumed\s+\+[\d.]+ m?s/);
    const support = await demo.page.innerText('#support-code');
    expect(await demo.page.locator('.story[data-current=true] code').first().getAttribute('title')).toBe(
      support,
    );
    await demo.page.click('.story-events summary >> nth=0');
    const shown = JSON.parse(await demo.page.locator('.story-events pre').first().innerText());
    expect(shown).toMatchObject({ specversion: '1.0', type: 'admit.ticket.issued', subject: support });
    demo.expectCleanConsole();
  });

  test('waits while the network is away, and comes back with it', async () => {
    await connect(desktop);
    const first = await demo.page.innerText('#support-code');
    await demo.page.click('#drop');
    await demo.reach('waiting');
    await says('#state-reason', /^OFFLINE$/);
    await demo.page.fill('#message', 'sent while offline');
    await demo.pressEnter();
    await says('#messages', /sent while offline\s+waits for the connection/);
    await demo.reach('open');
    await says('#messages', /sent while offline\s+came back in/);
    expect(await demo.page.innerText('#support-code')).not.toBe(first);
    await demo.seeInAuditLog(/cut off/);
    await says('#attempts', /admitted[\s\S]*OFFLINE/);
    demo.expectCleanConsole();
  });

  test('tries again while the edge is dead, with a ticket for each attempt, and is told when', async () => {
    await connect(desktop);
    await demo.page.click('#kill');
    await demo.reach('waiting');
    await says('#countdown', /Next attempt in \d\.\d s/);
    await demo.reach('open');
    await demo.seeInAuditLog(/came after NETWORK/);
    const tickets = await demo.page.locator('.attempt-ticket').allInnerTexts();
    expect(new Set(tickets).size).toBe(tickets.length);
    expect(tickets.length).toBeGreaterThan(2);
    demo.expectCleanConsole();
  });

  test('keeps its session over a reload', async () => {
    await connect(desktop);
    const session = await demo.page.innerText('#login-session');
    await demo.page.reload();
    await demo.seeInAuditLog(/consumed/);
    expect(await demo.page.innerText('#login-session')).toBe(session);
    await demo.page.click('#connect');
    await demo.reach('open');
    demo.expectCleanConsole();
  });

  test('begins anew where its token is no good any more', async () => {
    await open(desktop);
    await demo.page.click('#log-in');
    await demo.page.waitForSelector('#connect:visible');
    await demo.page.evaluate(
      `sessionStorage.setItem('admit-one-demo', JSON.stringify({ token: 'a.b.c', sessionId: 'gone' }))`,
    );
    await demo.page.reload();
    await demo.page.waitForSelector('#log-in:visible');
  });

  test('tells a screen reader how the client is', async () => {
    await connect(phone);
    await says('#announcer', /^Open\. Admitted/);
    await demo.page.click('#drop');
    await demo.reach('waiting');
    await says('#announcer', /^Waiting\. There is no network/);
  });

  test('keeps the state in sight where its card is not', async () => {
    await connect(phone);
    expect(await demo.page.isVisible('#status-bar')).toBe(false);
    await demo.page.locator('footer').scrollIntoViewIfNeeded();
    await demo.page.waitForSelector('#status-bar:visible');
    expect(await demo.page.innerText('#status-bar')).toBe('Open');
    await demo.page.locator('#client').scrollIntoViewIfNeeded();
    await demo.page.waitForSelector('#status-bar', { state: 'hidden' });
  });

  test.each<Look>([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 390 },
    { colorScheme: 'dark', width: 390 },
  ])('is for everybody to read, at $width pixels in $colorScheme colours', async (look) => {
    await open(look);
    await demo.expectAccessible();
    await demo.page.click('#log-in');
    await demo.page.click('#connect');
    await demo.reach('open');
    await demo.page.click('#spend');
    await demo.seeInAuditLog(/ticket_replayed/);
    await demo.expectAccessible();
    await demo.page.click('#drop');
    await demo.reach('waiting');
    await demo.expectAccessible();
  });
});
