import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isReason, type Reason, reasonRow, reasons } from '@admit-one/core';
import { type AlertName, alertNames, alertRow, runbookOf } from '@admit-one/observability';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admit } from '../stack/admit.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join('observability', 'runbooks');
const runbooks = alertNames.map((name) => ({ name, text: read(runbookOf(name)) }));

const sections = [
  'What it means',
  'What users see',
  'Look first',
  'Mitigate',
  'Confirm',
  'Write down',
] as const;

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function linesOf(text: string, section: string): readonly string[] {
  const [, body = ''] = new RegExp(`^## ${section}\n(.*?)(?=^## |$(?![\\s\\S]))`, 'ms').exec(text) ?? [];
  return body.split('\n').filter((line) => line.trim() !== '');
}

function matchesOf(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

test('every runbook is of an alert', () => {
  const files = readdirSync(join(root, folder)).map((file) => join(folder, file));
  expect(files.sort()).toEqual(alertNames.map(runbookOf).sort());
});

describe.each(runbooks)('the runbook of $name', ({ name, text }) => {
  test('has the sections that all have, three things to look at first, and the severity of the alert', () => {
    expect(matchesOf(text, /^## (.*)$/gm)).toEqual(sections);
    for (const section of sections) expect(linesOf(text, section)).not.toEqual([]);
    expect(linesOf(text, 'Look first').filter((line) => /^\d\. /.test(line))).toHaveLength(3);
    expect(text.split('\n').slice(0, 3).join('\n')).toMatch(
      new RegExp(`^# ${name}\n\n${alertRow(name).severity}\\b`, 'i'),
    );
  });

  test('leads to a panel and to the audit log', () => {
    expect(text).toMatch(/`npx @admit-one\/cli (audit|why) /);
    expect(panelsOf(text)).not.toEqual([]);
  });
});

/** The panels that a text names, as `<dashboard>: <panel>`. */
function panelsOf(text: string): readonly string[] {
  return [...text.matchAll(/dashboard \*(.+?)\*, panel \*(.+?)\*/gi)].map(
    ([, dashboard, panel]) => `${dashboard}: ${panel}`,
  );
}

interface Panel {
  readonly title: string;
  readonly panels?: readonly Panel[];
}

test('every panel that a runbook names is on its dashboard', () => {
  const dashboards = readdirSync(join(root, 'observability', 'dashboards')).map(
    (file) => JSON.parse(read(join('observability', 'dashboards', file))) as Panel,
  );
  const known = dashboards.flatMap(({ title, panels = [] }) =>
    panels
      .flatMap((panel) => [panel, ...(panel.panels ?? [])])
      .map((panel) => `${title.replace('Admit One: ', '')}: ${panel.title}`),
  );
  const named = runbooks.flatMap(({ text }) => panelsOf(text));
  expect(named.filter((panel) => !known.includes(panel))).toEqual([]);
});

describe('reasons', () => {
  const named = new Set(
    runbooks.flatMap(({ text }) => matchesOf(text, /(?:`|reason=)([a-z]+(?:_[a-z]+)*)\b/g)),
  );
  const watched = (Object.keys(reasons) as Reason[]).filter((reason) => {
    const { fault } = reasonRow(reason);
    return fault === 'infrastructure' || fault === 'attack';
  });
  /** Rejections of operators, and closes of connections: no user asked to get in. */
  const others: readonly Reason[] = ['audit_log_unavailable', 'upstream_unavailable'];

  test.each(watched.filter((reason) => !others.includes(reason)))('%s is in a runbook', (reason) => {
    expect(named).toContain(reason);
  });

  test.each(matchesOf(runbooks.map(({ text }) => text).join('\n'), /\breason=([a-z_]+)/g))(
    '%s exists',
    (reason) => {
      expect(isReason(reason)).toBe(true);
    },
  );
});

describe('every command in a runbook can be run', () => {
  const commands = [
    ...new Set(runbooks.flatMap(({ text }) => matchesOf(text, /`npx @admit-one\/cli ([^`]+)`/g))),
  ];
  let stack: EmbeddedStack;
  beforeAll(async () => {
    stack = await startEmbedded();
  });
  afterAll(() => stack?.stop());

  test.each(commands)('admit %s', async (command) => {
    const { code, stderr } = await admit(stack, wordsOf(command)).ended;
    expect(stderr).not.toContain('--help lists all options');
    if (/^(why|audit (?!acknowledge|rebuild))/.test(command)) expect([0, 3, 4], stderr).toContain(code);
  });
});

/** What a shell makes of it; placeholders and the example's host are replaced by something that is not there. */
function wordsOf(command: string): readonly string[] {
  const text = command
    .replaceAll('<code>', 'AAAAAAAAAA')
    .replaceAll('<key>', 'p00.none')
    .replaceAll('https://example.com', 'http://127.0.0.1:9');
  return [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

test('runbooks name no alert that does not exist', () => {
  const mentioned = runbooks.flatMap(({ text }) => matchesOf(text, /\b(Admit[A-Z]\w+)/g));
  expect(mentioned.filter((name) => !alertNames.includes(name as AlertName))).toEqual([]);
});
