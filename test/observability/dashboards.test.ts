import { missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admit } from '../stack/admit.ts';
import { type Answer, ask, askPrometheus } from './answers.ts';
import { type DashboardFile, type PanelFile, readDashboards, type TargetFile } from './dashboard-files.ts';
import { expand, type Shown } from './expand.ts';
import { type ObservedStack, startObservedStack, tellStory } from './observed-stack.ts';

const missing = missingEngines('redis', 'nats', 'postgres', 'prometheus');
const dashboards = readDashboards();
/** The variable in links to the audit API. */
const AUDIT = `\${audit}`;

interface Case {
  readonly name: string;
  readonly dashboard: DashboardFile;
  readonly panel: PanelFile;
  readonly target: TargetFile;
}

const cases: readonly Case[] = dashboards.flatMap((dashboard) =>
  dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({
      name: `${dashboard.title}, ${panel.title}, ${target.refId}`,
      ...{ dashboard, panel, target },
    })),
  ),
);

describe.skipIf(missing !== undefined)(`dashboards on real engines ${missing ?? ''}`, () => {
  let observed: ObservedStack;
  let shown: Shown;
  /** The same for counts by minute: from the beginning, so that the minutes before have nothing in common with the story. */
  let wide: Shown;

  beforeAll(async () => {
    observed = await startObservedStack();
    const begun = Date.now();
    shown = await tellStory(observed);
    wide = { ...shown, from: begun - 60_000 };
  });
  afterAll(() => observed?.stop());

  test.each(cases)('$name', async ({ dashboard, panel, target }) => {
    const sources = { prometheus: observed.prometheus.url, postgres: observed.dashboardRole };
    const range = target.rawSql === undefined ? shown : wide;
    expectAnswered(await ask(sources, dashboard, target, range), panel, target);
  });

  test('the variable for edges has both', async () => {
    const edges = await askPrometheus<readonly string[]>(
      observed.prometheus.url,
      'label/instance/values?match[]=admit_connections',
    );
    expect(edges).toHaveLength(2);
  });

  const commands = new Set(
    dashboards.flatMap(({ panels }) =>
      panels.flatMap(
        ({ description = '' }) => description.match(/(?<=`npx @admit-one\/cli )[^`]+(?=`$)/) ?? [],
      ),
    ),
  );
  test.each([...commands])('`admit %s` finds something, or nothing', async (command) => {
    const words = command.split(' ');
    const isQuestion = words[0] === 'audit';
    const { ended } = admit(observed.stack, isQuestion ? words : [...words, '--help']);
    const { code, stderr } = await ended;
    expect([0, 3, ...(words.includes('completeness') ? [4] : [])], stderr).toContain(code);
  });

  const queries = new Set(
    dashboards.flatMap(({ panels }) =>
      panels.flatMap(({ links = [] }) => links.map(({ url }) => url).filter((url) => url.startsWith(AUDIT))),
    ),
  );
  test.each([...queries])('the audit API answers %s', async (url) => {
    const [dashboard] = dashboards;
    const { stack } = observed;
    const expanded = expand(url.replace(AUDIT, stack.audit), shown, dashboard!);
    const headers = { authorization: `Bearer ${await stack.operatorToken()}` };
    const response = await fetch(expanded, { headers });
    expect(response.status, await response.text()).toBe(200);
  });
});

/** Something to draw, within the bounds of the panel, and a value for each label that the legend names. */
function expectAnswered(answer: Answer, panel: PanelFile, { legendFormat = '' }: TargetFile): void {
  if ('table' in answer) {
    expectTable(answer.table, panel);
    return;
  }
  expect(answer.series.length).toBeGreaterThan(0);
  for (const { labels, points } of answer.series) {
    for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
      expect(labels[label], `${label} of ${JSON.stringify(labels)}`).toMatch(/./);
    expect(points.length).toBeGreaterThan(0);
    for (const [, value] of points) expectWithin(value, panel.fieldConfig?.defaults ?? {});
  }
}

function expectTable(
  { columns, rows }: Extract<Answer, { readonly table: unknown }>['table'],
  { fieldConfig }: PanelFile,
): void {
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows)
    for (const [n, value] of row.entries()) {
      const own = fieldConfig?.overrides.find(({ matcher }) => matcher.options === columns[n]);
      const properties = Object.fromEntries((own?.properties ?? []).map(({ id, value }) => [id, value]));
      if (typeof value === 'number') expectWithin(value, { ...fieldConfig?.defaults, ...properties });
    }
}

function expectWithin(
  value: number,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number },
): void {
  expect(value).toSatisfy(Number.isFinite);
  expect(value).toBeGreaterThanOrEqual(min);
  expect(value).toBeLessThanOrEqual(max);
}
