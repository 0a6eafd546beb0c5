import { mkdir, readFile } from 'node:fs/promises';
import { missingEngines } from '@admit-one/testkit';
import { startObservedStack } from '../observed-stack.ts';
import { drawConsole } from '../preview/draw-console.ts';
import { drawDashboards } from '../preview/preview.ts';
import { type Incident, play } from './incidents.ts';

export interface PreviewFiles {
  /** The page that draws, bundled. */
  readonly script: string;
  readonly styles: readonly string[];
  /** Where the pictures go. */
  readonly folder: string;
}

/** `npm run observe -- --preview`: plays incidents on real engines and draws the dashboards of that time, and the console. Gives the exit code. */
export async function previewStory({ script, styles, folder }: PreviewFiles): Promise<number> {
  const missing = missingEngines('redis', 'nats', 'postgres', 'prometheus', 'chromium');
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`);
    return 1;
  }
  const observed = await startObservedStack();
  try {
    const { stack, prometheus, dashboardRole } = observed;
    const { redis } = stack.engines;
    const [, edge] = stack.edgeServices;
    const incidents: readonly Incident[] = [
      { says: 'usual visitors', seconds: 40, visits: [] },
      { says: 'an origin was forgotten', seconds: 25, visits: ['comesFromForgottenPage'] },
      {
        says: 'tickets are presented twice',
        seconds: 25,
        visits: ['reuses', 'replays', 'guesses', 'hasOldToken'],
      },
      {
        ...{ says: 'Redis does not answer', seconds: 12, visits: [] },
        breaks: { begin: () => redis.pause(), end: () => redis.resume() },
      },
      { says: 'usual visitors', seconds: 20, visits: [] },
      {
        ...{ says: 'an edge is killed', seconds: 45, visits: [] },
        breaks: { begin: async () => edge?.kill(), end: async () => edge?.start() },
      },
      { says: 'usual visitors', seconds: 20, visits: [] },
    ];
    const say = (text: string) => process.stdout.write(`${text}\n`);
    const from = Math.floor(Date.now() / 1000) * 1000;
    await play(stack, incidents, { say, signal: new AbortController().signal });
    await mkdir(folder, { recursive: true });
    const shown = { from, to: Math.floor(Date.now() / 1000) * 1000, stepSeconds: 2, scrapeSeconds: 1 };
    const files = await drawDashboards({
      sources: { prometheus: prometheus.url, postgres: dashboardRole },
      shown,
      script: await readFile(script, 'utf8'),
      styles: (await Promise.all(styles.map((file) => readFile(file, 'utf8')))).join('\n'),
      folder,
    });
    const pictures = await drawConsole({
      ...{ url: stack.audit, token: await stack.operatorToken(), folder },
      incident: { from: from + 40_000, to: from + 90_000 },
    });
    for (const file of [...files, ...pictures]) say(file);
    return 0;
  } finally {
    await observed.stop();
  }
}
