import { readdirSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startBrowser } from './browser.ts';
import { childrenOf, isGone } from './engines/process-tree.ts';
import { missingEngines } from './engines/programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const missing = missingEngines('chromium');

it.skipIf(missing)(`runs pages, and leaves nothing behind ${missing ?? ''}`, async () => {
  const temporary = await temporaryDirectory();
  vi.stubEnv('TMPDIR', temporary.path);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await temporary.remove();
  });
  const others = new Set(childrenOf(process.pid));
  const browser = await startBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  expect(await page.evaluate('navigator.userAgent')).toContain('Chrome/');
  expect(readdirSync(temporary.path)).not.toEqual([]);
  const processes = childrenOf(process.pid).filter((pid) => !others.has(pid));
  expect(processes).not.toEqual([]);

  await browser.close();
  expect(processes.filter((pid) => !isGone(pid))).toEqual([]);
  expect(readdirSync(temporary.path)).toEqual([]);
});
