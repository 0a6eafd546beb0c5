import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReceivedEvent } from '@admit-one/core';
import { temporaryDirectory, UpgradeRejected } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { admit as admitOn } from '../stack/admit.ts';
import { expectStory } from '../stack/audit-log.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { connectWith, issueTicket, type Ticket } from '../stack/visitor.ts';

let stack: EmbeddedStack;
/** Admitted once, and presented again after that. */
let replayed: Ticket;

const REPLAYED = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
  'admit.ticket.rejected',
] as const;

beforeAll(async () => {
  stack = await startEmbedded();
  replayed = await issueTicket(stack, await stack.users.token({ sub: 'alice', sessionId: 'session-1' }));
  await (await connectWith(stack, replayed)).close();
  await expectStory(stack, { ticket: replayed.ticketId }, REPLAYED.slice(0, 4));
  await expect(connectWith(stack, replayed)).rejects.toThrow(UpgradeRejected);
  await expectStory(stack, { ticket: replayed.ticketId }, REPLAYED);
});
afterAll(() => stack?.stop());

const admit = (...args: readonly string[]) => admitOn(stack, args);

/** The values of JSON lines. */
function valuesOf(output: string): readonly Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function typesOf(output: string): readonly unknown[] {
  return valuesOf(output).map(({ type }) => type);
}

describe('admit audit search', () => {
  test('finds events by what is pasted, without sending a ticket', async () => {
    for (const words of [[replayed.ticket], [`ticket=${replayed.ticketId.slice(0, 10)}`], ['user=alice']]) {
      const { code, stdout, stderr } = await admit('audit', 'search', '--json', ...words).ended;
      expect({ words, code, types: typesOf(stdout) }).toEqual({
        words,
        code: 0,
        types: REPLAYED.toReversed(),
      });
      expect(stderr).toContain('5 events, all that match');
    }
    expect(stack.logs()).not.toContain(replayed.ticket);
  });

  test('goes page by page', async () => {
    const words = ['session=session-1', 'type!=admit.ticket.issued', 'order=asc', 'limit=1'];
    const { stdout } = await admit('audit', 'search', '--json', '--all', ...words).ended;
    expect(typesOf(stdout)).toEqual(REPLAYED.slice(1));
    const first = await admit('audit', 'search', '--json', ...words).ended;
    const [, cursor = ''] = /(cursor=\S+),/.exec(first.stderr) ?? [];
    const second = await admit('audit', 'search', '--json', ...words, cursor).ended;
    expect([first, second].flatMap((page) => typesOf(page.stdout))).toEqual(REPLAYED.slice(1, 3));
  });

  test('finds nothing, and rejects what the API rejects', async () => {
    expect((await admit('audit', 'search', 'user=nobody').ended).code).toBe(3);
    const { code, stderr } = await admit('audit', 'search', 'reason=eaten').ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('reason must be one of') });
  });
});

test('admit why: what happened to a support code', async () => {
  const { code, stdout } = await admit('why', replayed.ticketId.slice(0, 10)).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Admitted once from .*; replayed once from .*\.\nWhat to do: .+\n/);
  expect((await admit('why', '0000000000').ended).code).toBe(3);
});

test.each([
  ['a session, by its id', ['session-1'], 'session'],
  ['a user', ['user', 'alice'], 'user'],
  ['a ticket', ['ticket', '<ticket>'], 'ticket'],
  ['a ticket, by its id', ['<ticketId>'], 'ticket'],
])('admit audit story of %s', async (_name, words, kind) => {
  const { ticket, ticketId } = replayed;
  const given = words.map((word) => ({ '<ticket>': ticket, '<ticketId>': ticketId })[word] ?? word);
  const { code, stdout } = await admit('audit', 'story', '--json', ...given).ended;
  const story = valuesOf(stdout)[0] ?? {};
  const types = (story.events as readonly ReceivedEvent[]).map(({ type }) => type);
  expect({ code, kind: story.kind, types }).toEqual({ code: 0, kind, types: REPLAYED });
  expect(stdout).not.toContain(ticket);
});

test('admit audit tail: new events, each once', async () => {
  const tail = admit('audit', 'tail', '--json', 'session=session-2');
  await expect.poll(() => tail.printed.stderr).toContain('connected');
  const token = await stack.users.token({ sub: 'bob', sessionId: 'session-2' });
  await issueTicket(stack, token);
  await expect.poll(() => typesOf(tail.printed.stdout)).toEqual(['admit.ticket.issued']);
  await issueTicket(stack, token);
  await expect
    .poll(() => typesOf(tail.printed.stdout))
    .toEqual(['admit.ticket.issued', 'admit.ticket.issued']);
  tail.interrupt();
  expect((await tail.ended).code).toBe(0);
});

test('admit audit explain: what rejections have in common', async () => {
  const { code, stdout } = await admit('audit', 'explain', '--json', 'reason=ticket_replayed').ended;
  const [reply] = valuesOf(stdout);
  expect({ code, total: reply?.total }).toEqual({ code: 0, total: 1 });
  expect((await admit('audit', 'explain', 'reason=ticket_replayed').ended).stdout).toMatch(/^1 rejection\./);
  expect((await admit('audit', 'explain').ended).stdout).toMatch(
    /^\d+ rejections?:\nreason +count\n(.*\n)*ticket_replayed +1\n/,
  );
  expect((await admit('audit', 'explain', 'reason=ticket_expired').ended).code).toBe(3);
});

test('admit audit summary: counts over time', async () => {
  const { code, stdout } = await admit('audit', 'summary', 'by=reason', 'type=admit.ticket.rejected').ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/ticket_replayed +1 +█/);
});

describe('admit audit export', () => {
  test.each(['ndjson', 'csv', 'ocsf'])('writes %s, and continues it', async (format) => {
    const directory = await temporaryDirectory();
    onTestFinished(() => directory.remove());
    const out = join(directory.path, 'events');
    const words = ['audit', 'export', 'user=alice', '--format', format, '--out', out];
    const { code, stderr } = await admit(...words).ended;
    const head = format === 'csv' ? 1 : 0;
    const written = await readFile(out, 'utf8');
    expect({ code, lines: written.trimEnd().split('\n').length }).toEqual({
      code: 0,
      lines: REPLAYED.length + head,
    });
    const [, since = ''] = /(since=\S+)/.exec(stderr) ?? [];
    expect((await admit(...words, since).ended).code).toBe(3);
    expect(await readFile(out, 'utf8')).toBe(written);
  });
});

test('admit audit completeness: nothing is missing', async () => {
  const { code, stdout } = await admit('audit', 'completeness').ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('complete') });
});

test('admit audit acknowledge: not what is in order', async () => {
  const words = ['audit', 'acknowledge', 'partition', 'p00', '--reason', 'INC-7'];
  const { code, stderr } = await admit(...words).ended;
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Nothing is missing under') });
});
