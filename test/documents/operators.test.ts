import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '@admit-one/cli';
import { auditConfigOf, readAuditServiceVariables } from '@admit-one/config';
import {
  breakGlassIssuerOf,
  createTokenVerifier,
  operatorOfToken,
  operatorScopes,
  parseScopeRule,
  tokenChecks,
  trustIssuers,
} from '@admit-one/identity';
import { temporaryDirectory } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../../docs/identity/operators.md'), 'utf8');
const engines = { NATS_URL: 'nats://nats:4222', DATABASE_URL: 'postgres://database/audit' };

/** The blocks of a language, as they are on the page. */
function blocksOf(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, block = '']) => block,
  );
}

/** What a shell makes of lines: the environment that assignments leave behind, or the words of a command. */
function shell(script: string): readonly string[] {
  return execFileSync('/bin/sh', ['-ac', script], { env: {}, encoding: 'utf8' }).split('\0').slice(0, -1);
}

function environmentOf(block: string): Readonly<Record<string, string>> {
  const lines = shell(`${block}\nexec /usr/bin/env -0`).map((line) => line.split(/=(.*)/s));
  return Object.fromEntries(lines.filter(([name = '']) => /^(OPERATOR|BREAK_GLASS)_/.test(name)));
}

test.each(blocksOf('sh'))('the audit-service takes the settings\n%s', (block) => {
  const environment = environmentOf(block);
  const names = [...block.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(Object.keys(environment).sort()).toEqual(names.sort());
  const { operators } = auditConfigOf(readAuditServiceVariables({ ...engines, ...environment }));
  expect(operators.issuers.length > 0 || operators.proxy !== null || operators.breakGlass !== null).toBe(
    true,
  );
});

test('the rules of the table are rules', () => {
  const rules = [...page.matchAll(/^\| [\w ,]+ \| (`.*=audit:read`.*) \|$/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, rule = '']) => rule),
  );
  expect(rules.length).toBeGreaterThanOrEqual(6);
  expect(rules.map(parseScopeRule).map(({ scope }) => scope)).toEqual(rules.map(() => 'audit:read'));
  expect(parseScopeRule(rules[0] ?? '')).toMatchObject({ claim: 'permissions', value: 'audit:read' });
});

test('the page names every scope', () => {
  for (const scope of Object.keys(operatorScopes)) expect(page).toContain(`\`${scope}\``);
});

test('the rejections begin as they are told', () => {
  for (const check of [tokenChecks.missing, tokenChecks.issuer])
    expect(page).toContain(`| ${check.slice(0, check.indexOf(':'))}: … |`);
});

test('the commands make a key, and a token that it opens the audit log with', async () => {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory.remove());
  const file = join(directory.path, 'break-glass.key');
  const printed: string[] = [];
  for (const block of blocksOf('console')) {
    const words = shell(`printf '%s\\0' ${block.replace(/^\$ npx @admit-one\/cli /, '').trimEnd()}`);
    printed.push(await admit(words.map((word) => word.replace(/^break-glass\.key$/, file))));
  }
  const [BREAK_GLASS_JWKS = '', token = ''] = printed;
  const { operators } = auditConfigOf(readAuditServiceVariables({ ...engines, BREAK_GLASS_JWKS }));
  const issuers = operators.breakGlass ? [breakGlassIssuerOf(operators.breakGlass)] : [];
  const verified = await createTokenVerifier({ issuers: trustIssuers(issuers) }).verify(token.trimEnd());
  expect(operatorOfToken(verified, [])).toMatchObject({
    subject: 'ann',
    scopes: ['audit:read'],
    from: { kind: 'break_glass', reason: 'incident 42: login is down' },
  });
});

/** What `admit` prints; it must print no error. */
async function admit(args: readonly string[]): Promise<string> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const terminal = { stdin, stdout, stderr, env: {}, interrupted: new AbortController().signal };
  expect(await run(args, terminal)).toBe(0);
  stdout.end();
  return text(stdout);
}
