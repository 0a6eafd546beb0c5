import { type Browser, eventually, type Page } from '@admit-one/testkit';
import axe from 'axe-core';
import { expect } from 'vitest';

export interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
}

/** The demo page in a browser. */
export interface DemoPage {
  readonly page: Page;
  state(): Promise<string>;
  /** Waits until the client is in this state, or was since the state that was reached last. */
  reach(state: string): Promise<void>;
  /** Presses Enter on the focused element. */
  pressEnter(): Promise<void>;
  /** The text of the focused element. */
  focused(): Promise<string>;
  /** Waits until an element shows a text, or has shown it since the page was loaded. */
  seeIn(selector: string, text: RegExp): Promise<void>;
  /** Waits until the audit log panel shows a text. */
  seeInAuditLog(text: RegExp): Promise<void>;
  /** Expects no horizontal overflow and no axe-core violation. */
  expectAccessible(): Promise<void>;
  /** Expects no console messages except failed WebSockets, which a page cannot suppress. */
  expectCleanConsole(): void;
  close(): Promise<void>;
}

const SOCKET_FAILED = /^WebSocket connection to 'ws:\/\/[^']*\/ws' failed: /;

/**
 * Keeps every state of the client in `states`, and every text of an element in `texts`, in order: a test on a busy machine looks
 * too late for what lasts for a moment.
 */
const RECORD = `
  addEventListener('DOMContentLoaded', () => {
    const record = (element, options, read) => {
      const seen = [read(element)];
      new MutationObserver(() => seen.push(read(element))).observe(element, options);
      return seen;
    };
    const client = document.querySelector('#client');
    globalThis.states = record(client, { attributeFilter: ['data-state'] }, ({ dataset }) => dataset.state);
    const whole = { subtree: true, childList: true, characterData: true, attributes: true };
    globalThis.texts = Object.fromEntries(
      ['#announcer', '#attempts', '#countdown', '#messages', '#outcome', '#state-reason'].map((selector) => [
        selector,
        record(document.querySelector(selector), whole, ({ innerText }) => innerText),
      ]),
    );
  });
`;

/** Opens the page in a new browser context. */
export async function openDemoPage(browser: Browser, url: string, look: Look): Promise<DemoPage> {
  const { colorScheme, width } = look;
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  await page.addInitScript(RECORD);
  let looked = 0;
  page.on('domcontentloaded', () => {
    looked = 0;
  });
  await page.goto(url);

  const evaluate = <T>(expression: string) => page.evaluate(expression) as Promise<T>;
  const state = () => evaluate<string>(`document.querySelector('#client').dataset.state`);

  return {
    page,
    state,
    reach: (wanted) =>
      eventually(
        async () => {
          const states = await evaluate<readonly string[]>('states');
          expect(states.slice(looked), await page.innerText('#outcome')).toContain(wanted);
          looked = states.indexOf(wanted, looked);
        },
        { what: `the state ${wanted}` },
      ),
    pressEnter: () => page.keyboard.press('Enter'),
    focused: () => evaluate<string>('document.activeElement.innerText'),
    seeIn: (selector, text) =>
      eventually(
        async () =>
          expect(await evaluate(`texts['${selector}']`)).toContainEqual(expect.stringMatching(text)),
        { what: `${text} in ${selector}` },
      ),
    seeInAuditLog: (text) =>
      eventually(async () => expect(await page.innerText('#tickets')).toMatch(text), {
        what: `${text} in the audit log`,
      }),
    async expectAccessible() {
      expect(await evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await evaluate(axe.source);
      const { violations } = await evaluate<axe.AxeResults>('axe.run()');
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found).toEqual([]);
    },
    expectCleanConsole() {
      expect(messages.filter((text) => !SOCKET_FAILED.test(text))).toEqual([]);
    },
    close: () => context.close(),
  };
}
