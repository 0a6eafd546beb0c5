import { join } from 'node:path';
import { type Page, startBrowser } from '@admit-one/testkit';

export interface ConsolePictures {
  /** Base URL of the audit-service. */
  readonly url: string;
  /** Of an operator. */
  readonly token: string;
  /** A range with rejections, for Search; Unix milliseconds. */
  readonly incident: { readonly from: number; readonly to: number };
  /** Where the pictures go. */
  readonly folder: string;
}

/** Takes pictures of the console as it is now, `<folder>/console-<page>.png`. */
export async function drawConsole({
  url,
  token,
  incident,
  folder,
}: ConsolePictures): Promise<readonly string[]> {
  const brush = [incident.from, incident.to].map((time) => new Date(time).toISOString()).join('/');
  const views = [
    { name: 'now', path: '/', shows: 'Budget left' },
    { name: 'search', path: `/search?from=-15m&brush=${brush}`, shows: 'have in common' },
    { name: 'alerts', path: '/alerts', shows: 'Look first' },
  ];
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1120, height: 760 }, colorScheme: 'light' });
    await page.goto(`${url}/console/`);
    await page.fill('#token', token);
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:text-is("Now")');
    const files: string[] = [];
    for (const { name, path, shows } of views) {
      await go(page, `/console${path}`);
      await page.waitForSelector(`main :text("${shows}")`);
      const file = join(folder, `console-${name}.png`);
      await page.screenshot({ path: file });
      files.push(file);
    }
    return files;
  } finally {
    await browser.close();
  }
}

/** Opens a place of the console without loading the page again, which would sign the operator out. */
async function go(page: Page, place: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(place)}); dispatchEvent(new PopStateEvent('popstate'))`,
  );
}
