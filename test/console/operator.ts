import { type Browser, eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import { type ConsolePage, openConsole, type PageTitle } from './console-page.ts';

/** Someone on call before the console, whose presses of the mouse and of Enter are counted. */
export interface OnCall {
  /** Presses so far. */
  readonly presses: number;
  go(title: PageTitle): Promise<void>;
  /** Presses a link or button with this text. */
  press(text: RegExp): Promise<void>;
  /** Pastes into the search box, and presses Enter. */
  paste(text: string): Promise<void>;
  /** Waits until the page or what is over it shows a text. */
  see(text: RegExp): Promise<void>;
  leave(): Promise<void>;
}

/** Signs in; the count begins at the first page. */
export async function onCall(browser: Browser, url: string, token: string): Promise<OnCall> {
  const console: ConsolePage = await openConsole(browser, url, token, { colorScheme: 'light', width: 1280 });
  const { page } = console;
  let presses = 0;

  return {
    get presses() {
      return presses;
    },
    async go(title) {
      presses += 1;
      await console.click(title);
    },
    async press(text) {
      presses += 1;
      await page.locator('main :is(a, button)').filter({ hasText: text }).first().click();
    },
    async paste(text) {
      presses += 1;
      await page.fill('#search', text);
      await page.keyboard.press('Enter');
    },
    see: (text) =>
      eventually(async () => expect(await page.innerText('#root')).toMatch(text), { what: `${text}` }),
    leave: console.close,
  };
}
