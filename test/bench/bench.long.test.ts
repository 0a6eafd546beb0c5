import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { missingEngines, type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Figure, keyOf, measures } from './report/figures.ts';
import { parseReport, type Report } from './report/report.ts';
import { targets } from './report/targets.ts';

const missing = missingEngines('redis', 'nats', 'postgres', 'nginx');
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;
const script = join(import.meta.dirname, '..', '..', 'scripts', 'bench.mjs');
const run = promisify(execFile);

describe.skipIf(missing)(`npm run bench, with very few admissions${skipped}`, { timeout: 600_000 }, () => {
  let directory: TemporaryDirectory;
  let report: Report;
  let stdout: string;
  let stderr: string;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const [first, second] = ['first.json', 'second.json'].map((name) => join(directory.path, name));
    const few = [
      '--admissions',
      '40',
      '--slices',
      '2',
      '--warm-up',
      '20',
      '--events',
      '2000',
      '--rounds',
      '1',
    ];
    await run(process.execPath, [script, ...few, '--measures', 'cost', '--only', 'a', '--json', `${first}`]);
    ({ stdout, stderr } = await run(process.execPath, [
      ...[script, ...few, '--json', `${second}`, '--compare', `${first}`],
    ]));
    report = parseReport(await readFile(`${second}`, 'utf8'));
  }, 600_000);
  afterAll(() => directory.remove());

  function figureOf(measure: Figure['measure'], what: string, of: string): Figure {
    const found = report.figures.filter(
      (figure) => figure.measure === measure && figure.what === what && figure.of === of,
    );
    expect(found, `${measure}: ${what}: ${of}`).toHaveLength(1);
    return found[0]!;
  }

  test('measures everything, of everybody, without a failure', () => {
    expect(new Set(report.figures.map(({ measure }) => measure))).toEqual(new Set(Object.keys(measures)));
    expect(report.failures).toEqual({});
    for (const id of report.options.only) {
      expect(figureOf('cost', 'failures', id).median).toBe(0);
      expect(figureOf('cost', 'admissions', id).median).toBeGreaterThan(0);
    }
    for (const figure of report.figures) {
      expect(figure.median, JSON.stringify(figure)).not.toBeNull();
      expect(figure.min).toBeLessThanOrEqual(figure.median);
      expect(figure.max).toBeGreaterThanOrEqual(figure.median);
    }
  });

  test.each(['upgrade', 'ticket'])('has latencies of the %s whose p99 is no less than their p50', (step) => {
    for (const measure of ['cost', 'latency'] as const)
      for (const of of ['c', 'd-echo'])
        expect(figureOf(measure, `${step} p99`, of).median).toBeGreaterThanOrEqual(
          figureOf(measure, `${step} p50`, of).median,
        );
  });

  test.each([
    ['c', ['server', 'redis'], []],
    ['d-bridge', ['ticket-service', 'ws-edge', 'redis', 'nats'], ['audit-service', 'postgres']],
  ])('counts the CPU of every process of %s, and only those that belong to the total', (of, own, others) => {
    const sum = own.reduce((total, name) => total + figureOf('cost', name, of).median, 0);
    expect(figureOf('cost', 'CPU per admission', of).median).toBeCloseTo(sum);
    for (const name of others) figureOf('cost', `not in the total: ${name}`, of);
  });

  test('holds the figures to the targets', () => {
    const held = targets.filter(({ of }) => !of.endsWith('/before'));
    expect(report.verdicts.map(({ figure }) => figure)).toEqual(held.map(keyOf));
    for (const { median, atMost, met } of report.verdicts) expect(met).toBe(median <= atMost);
  });

  test('prints tables and targets, tells its progress apart from them, and compares with an earlier report', () => {
    for (const title of Object.values(measures)) {
      expect(stdout).toContain(`\n${title}\n`);
      expect(stderr).toContain(`${title}\n`);
    }
    expect(stdout).toMatch(/^Targets$/m);
    expect(stdout).toMatch(/^cost: admissions: a +\/s +[\d,.]+ +[\d,.]+ +[+-][\d.]+ %$/m);
    expect(stdout).toMatch(/^cost: admissions: d-echo +\/s +[\d,.]+$/m);
  });
});

describe.skipIf(missing)(`the check of the ratios${skipped}`, { timeout: 600_000 }, () => {
  test.each([
    ['passes where no ratio is worse than the baseline', 1_000, 0],
    ['fails where a ratio is', 0.001, 1],
  ])('%s', async (_, ratio, code) => {
    const directory = await temporaryDirectory();
    onTestFinished(() => directory.remove());
    const baseline = join(directory.path, 'baseline.json');
    await writeFile(baseline, JSON.stringify({ 'cost: CPU per admission: d-echo/c': ratio }));
    const few = ['--measures', 'cost', '--only', 'c,d-echo', '--admissions', '20', '--warm-up', '10'];
    const ended = run(process.execPath, [script, '--check', baseline, ...few, '--slices', '1']);
    expect(
      await ended.then(
        () => 0,
        (error) => error.code,
      ),
    ).toBe(code);
  });
});

test('a command line that cannot be used is explained, and measures nothing', async () => {
  const args = [script, '--compare', 'no/such/file'];
  const failed = await run(process.execPath, args).catch((error) => error);
  const stderr = expect.stringMatching(/^--compare: no\/such\/file: ENOENT/);
  expect(failed).toMatchObject({ code: 2, stdout: '', stderr });
});
