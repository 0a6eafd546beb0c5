import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, startBrowser } from './browser.ts';
import { openTab, type Tab } from './browser-tab.ts';
import { missingEngines } from './engines/programs.ts';

const missing = missingEngines('chromium');

const PAGE = `data:text/html,<script>
  heard = [];
  for (const type of ['visibilitychange', 'freeze', 'resume'])
    document.addEventListener(type, () => heard.push(type + ' ' + document.visibilityState));
</script>`;

describe.skipIf(missing)(`a tab ${missing ?? ''}`, () => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await startBrowser();
    tab = await openTab(browser, PAGE);
  });
  afterAll(() => browser.close());

  it('is told when it is hidden, frozen, thawed and shown', async () => {
    await tab.evaluate('heard.length = 0');
    await tab.hide();
    await tab.freeze();
    await tab.thaw();
    await tab.show();
    await expect
      .poll(() => tab.evaluate('heard'))
      .toEqual(['visibilitychange hidden', 'freeze hidden', 'resume hidden', 'visibilitychange visible']);
  });

  it('gives what an expression gives, and throws what it throws', async () => {
    expect(await tab.evaluate('Promise.resolve({ a: [1] })')).toEqual({ a: [1] });
    await expect(tab.evaluate('nothing.at.all')).rejects.toThrow('nothing is not defined');
  });
});
