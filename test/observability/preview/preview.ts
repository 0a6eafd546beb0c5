import { join } from 'node:path';
import { startBrowser } from '@admit-one/testkit';
import { type Answer, ask, type DataSources } from '../answers.ts';
import { type DashboardFile, readDashboards } from '../dashboard-files.ts';
import type { Shown } from '../expand.ts';
import type { Preview } from './page.ts';

export interface PreviewOptions {
  readonly sources: DataSources;
  readonly shown: Shown;
  /** Of the page that draws, bundled: its script and its styles. */
  readonly script: string;
  readonly styles: string;
  /** Where the pictures go. */
  readonly folder: string;
}

/** Draws every dashboard as it is now into `<folder>/<uid>.png`. @throws {Error} with what the page says went wrong */
export async function drawDashboards(options: PreviewOptions): Promise<readonly string[]> {
  const browser = await startBrowser();
  try {
    const files: string[] = [];
    for (const dashboard of readDashboards()) {
      const page = await browser.newPage({ viewport: { width: 920, height: 400 } });
      const errors: unknown[] = [];
      page.on('pageerror', (error) => errors.push(error));
      await page.setContent(
        `<!doctype html><meta charset="utf-8"><style>${options.styles}</style><script>${options.script}</script>`,
      );
      const preview = await previewOf(dashboard, options);
      await page.evaluate(`AdmitPreview.draw(${JSON.stringify(preview)})`);
      const path = join(options.folder, `${dashboard.uid}.png`);
      await page.screenshot({ path, fullPage: true });
      await page.close();
      if (errors.length > 0) throw new Error(`${dashboard.uid}: ${errors.join(', ')}`);
      files.push(path);
    }
    return files;
  } finally {
    await browser.close();
  }
}

async function previewOf(dashboard: DashboardFile, { sources, shown }: PreviewOptions): Promise<Preview> {
  const answers: Answer[][] = [];
  for (const { targets = [] } of dashboard.panels)
    answers.push(await Promise.all(targets.map((target) => ask(sources, dashboard, target, shown))));
  return { dashboard, answers, from: shown.from, to: shown.to };
}
