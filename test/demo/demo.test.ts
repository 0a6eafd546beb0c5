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

  /** Presses Tab until the element with this text has the focus. */
  async function tabTo(text: string): Promise<void> {
    for (let presses = 0; presses < 40; presses += 1) {
      await demo.page.keyboard.press('Tab');
      if ((await demo.focused()) === text) return;
    }
    throw new Error(`Tab does not lead to ${text}`);
  }

  test('shows one enabled button at first', async () => {
    await open(desktop);
    expect(await demo.state()).toBe('idle');
    expect(await demo.page.locator('button:visible:enabled').allInnerTexts()).toEqual(['Log in anonymously']);
    demo.expectCleanConsole();
  });

  test('has the buttons that break things in one place, whatever the client does', async () => {
    await open(phone);
    const place = () =>
      demo.page.evaluate(`document.querySelector('.breaks').getBoundingClientRect().top + scrollY`);
    await demo.page.click('#log-in');
    await demo.page.waitForSelector('#connect:visible');
    const first = await place();
    await demo.page.click('#connect');
    await demo.reach('open');
    await demo.seeInAuditLog(/consumed/);
    expect(await place()).toBe(first);
    await demo.page.click('#kill');
    await demo.reach('waiting');
    expect(await place()).toBe(first);
  });

  test('works with the keyboard alone, and moves the focus to the next action', async () => {
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
    await demo.seeIn('#messages', /Hello, edge\s+echoed in/);

    await tabTo('Use a ticket twice');
    await demo.pressEnter();
    await demo.seeIn('#outcome', /First socket: admitted\s+Second socket: rejected 4401 NOT_AUTHORIZED/);
    await demo.seeIn('#outcome', /ticket_replayed/);
    await demo.seeInAuditLog(/rejected ticket_replayed/);
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

  test('shows the stages of a ticket live, and the JSON of each event', async () => {
    await connect(desktop);
    await demo.seeInAuditLog(/issued\s+reserved\s+\+[\d.]+ m?s\s+consumed\s+\+[\d.]+ m?s/);
    const support = await demo.page.innerText('#support-code');
    expect(await demo.page.locator('.history[data-current=true] code').first().getAttribute('title')).toBe(
      support,
    );
    await demo.page.click('.history-events summary >> nth=0');
    const shown = JSON.parse(await demo.page.locator('.history-events pre').first().innerText());
    expect(shown).toMatchObject({ specversion: '1.0', type: 'admit.ticket.issued', subject: support });
    demo.expectCleanConsole();
  });

  test('waits while there is no network, and reconnects with it', async () => {
    await connect(desktop);
    const first = await demo.page.innerText('#support-code');
    // In the page: the network is back after four seconds.
    await demo.page.evaluate(`new Promise((resolve) => {
      const client = document.querySelector('#client');
      new MutationObserver(() => client.dataset.state === 'waiting' && resolve()).observe(client, {
        attributeFilter: ['data-state'],
      });
      document.querySelector('#drop').click();
    }).then(() => {
      document.querySelector('#message').value = 'sent while offline';
      document.querySelector('#send').requestSubmit();
    })`);
    await demo.reach('waiting');
    await demo.seeIn('#state-reason', /^OFFLINE$/);
    await demo.seeIn('#messages', /sent while offline\s+waiting for the connection/);
    await demo.reach('open');
    await demo.seeIn('#messages', /sent while offline\s+echoed in/);
    expect(await demo.page.innerText('#support-code')).not.toBe(first);
    await demo.seeInAuditLog(/connection lost/);
    await demo.seeIn('#attempts', /admitted[\s\S]*OFFLINE/);
    demo.expectCleanConsole();
  });

  test('retries while the edge is down, with a new ticket per attempt and a countdown', async () => {
    await connect(desktop);
    await demo.page.click('#kill');
    await demo.reach('waiting');
    await demo.seeIn('#countdown', /Next attempt in \d\.\d s/);
    await demo.reach('open');
    await demo.seeInAuditLog(/reconnect after NETWORK/);
    const tickets = await demo.page.locator('.attempt-ticket').allInnerTexts();
    expect(new Set(tickets).size).toBe(tickets.length);
    expect(tickets.length).toBeGreaterThan(2);
    await demo.seeInAuditLog(/…\s+expired unused\s+[\d:.]+\s+1 event/);
    demo.expectCleanConsole();
  });

  test('keeps its session across a reload', async () => {
    await connect(desktop);
    const session = await demo.page.innerText('#login-session');
    await demo.page.reload();
    await demo.seeInAuditLog(/consumed/);
    expect(await demo.page.innerText('#login-session')).toBe(session);
    await demo.page.click('#connect');
    await demo.reach('open');
    demo.expectCleanConsole();
  });

  test('logs out when its token is rejected', async () => {
    await open(desktop);
    await demo.page.click('#log-in');
    await demo.page.waitForSelector('#connect:visible');
    await demo.page.evaluate(
      `sessionStorage.setItem('admit-one-demo', JSON.stringify({ token: 'a.b.c', sessionId: 'gone' }))`,
    );
    await demo.page.reload();
    await demo.page.waitForSelector('#log-in:visible');
  });

  test('announces the state to screen readers', async () => {
    await connect(phone);
    await demo.seeIn('#announcer', /^Connected\. Admitted/);
    await demo.page.click('#drop');
    await demo.reach('waiting');
    await demo.seeIn('#announcer', /^Reconnecting\. There is no network/);
  });

  test('shows the state in a bar while its card is scrolled away', async () => {
    await connect(phone);
    expect(await demo.page.isVisible('#status-bar')).toBe(false);
    await demo.page.locator('footer').scrollIntoViewIfNeeded();
    await demo.page.waitForSelector('#status-bar:visible');
    expect(await demo.page.innerText('#status-bar')).toBe('Connected');
    await demo.page.locator('#client').scrollIntoViewIfNeeded();
    await demo.page.waitForSelector('#status-bar', { state: 'hidden' });
  });

  test.each([desktop, phone])('is accessible at $width pixels in $colorScheme colours', async (look) => {
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
