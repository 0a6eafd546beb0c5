import { type Browser, eventually, type Page } from '@admit-one/testkit';
import axe from 'axe-core';
import { expect } from 'vitest';

export interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
}

export const pageTitles = ['Now', 'Search', 'Alerts', 'Fleet', 'Completeness', 'Settings'] as const;

export type PageTitle = (typeof pageTitles)[number];

/** The console in a browser, signed in. */
export interface ConsolePage {
  readonly page: Page;
  /** Opens a page by its link. */
  click(title: PageTitle): Promise<void>;
  /** Opens a page with the keys alone: Shift and Tab from the heading back to its link, and Enter. It begins at its heading. */
  tabTo(title: PageTitle): Promise<void>;
  /** Waits until the page shows a text. */
  see(text: RegExp): Promise<void>;
  /** Expects no horizontal overflow and no axe-core violation. */
  expectAccessible(): Promise<void>;
  /** Expects that the page has said nothing to the console of the browser, such as a violated policy. */
  expectQuiet(): void;
  close(): Promise<void>;
}

/** Opens the console in a new browser context, and signs in with a token. */
export async function openConsole(
  browser: Browser,
  url: string,
  token: string,
  { colorScheme, width }: Look,
): Promise<ConsolePage> {
  const context = await browser.newContext({
    ...{ colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce', serviceWorkers: 'block' },
  });
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  await page.goto(`${url}/console/`);
  await page.fill('#token', token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('h1:text-is("Now")');

  const evaluate = <T>(expression: string) => page.evaluate(expression) as Promise<T>;
  const arrived = (title: PageTitle) => page.waitForSelector(`h1:text-is("${title}")`);

  return {
    page,
    async click(title) {
      await page.click(`nav a:text-is("${title}")`);
      await arrived(title);
    },
    async tabTo(title) {
      await page.focus('h1');
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Shift+Tab');
        if ((await evaluate('document.activeElement.innerText')) === title) break;
      }
      await page.keyboard.press('Enter');
      await arrived(title);
      expect(await evaluate('document.activeElement.innerText')).toBe(title);
    },
    see: (text) =>
      eventually(async () => expect(await page.innerText('main')).toMatch(text), {
        what: `${text}`,
      }),
    async expectAccessible() {
      expect(await evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await evaluate(axe.source);
      const { violations } = await evaluate<axe.AxeResults>('axe.run()');
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found).toEqual([]);
    },
    expectQuiet() {
      expect(messages).toEqual([]);
    },
    close: () => context.close(),
  };
}
