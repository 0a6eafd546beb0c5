import { type Browser, eventually, type Page } from '@admit-one/testkit';
import axe from 'axe-core';
import { expect } from 'vitest';

/** How somebody looks at the page. */
export interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
}

/** The demo page in a browser, and what is on it. */
export interface DemoPage {
  readonly page: Page;
  state(): Promise<string>;
  /** Waits until the client is in a state. */
  reach(state: string): Promise<void>;
  /** Presses whatever has the focus. */
  pressEnter(): Promise<void>;
  /** The text of what has the focus. */
  focused(): Promise<string>;
  /** Waits until the trail shows a text. */
  seeInAuditLog(text: RegExp): Promise<void>;
  /** That nothing sticks out at the side, and that axe-core finds no fault. */
  expectAccessible(): Promise<void>;
  /** That the console has said nothing but what no page can keep from it: that a WebSocket failed. */
  expectCleanConsole(): void;
  close(): Promise<void>;
}

const SOCKET_FAILED = /^WebSocket connection to 'ws:\/\/[^']*\/ws' failed: /;

/** Opens the page as a visitor of their own. */
export async function openDemoPage(browser: Browser, url: string, look: Look): Promise<DemoPage> {
  const { colorScheme, width } = look;
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);

  const evaluate = <T>(expression: string) => page.evaluate(expression) as Promise<T>;
  const state = () => evaluate<string>(`document.querySelector('#client').dataset.state`);

  return {
    page,
    state,
    reach: (wanted) =>
      eventually(async () => expect(await state()).toBe(wanted), { what: `the state ${wanted}` }),
    pressEnter: () => page.keyboard.press('Enter'),
    focused: () => evaluate<string>('document.activeElement.innerText'),
    seeInAuditLog: (text) =>
      eventually(async () => expect(await page.innerText('#tickets')).toMatch(text), {
        what: `${text} in the trail`,
      }),
    async expectAccessible() {
      expect(await evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await evaluate(axe.source);
      const { violations } = await evaluate<axe.AxeResults>('axe.run()');
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(told).toEqual([]);
    },
    expectCleanConsole() {
      expect(faults.filter((fault) => !SOCKET_FAILED.test(fault))).toEqual([]);
    },
    close: () => context.close(),
  };
}
