import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectory, eventually, missingEngines, startNats } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { runProgram } from '../stack/program.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';
import { type Engines, startEngines } from './services.fixture.ts';

const STORY = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
];

const missing = missingEngines('redis', 'nats', 'postgres');
const skipped = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing)(`standalone on real engines${skipped}`, () => {
  let engines: Engines;

  beforeAll(async () => {
    engines = await startEngines();
  });
  afterAll(() => engines.stop());

  test.each([
    [{ NATS_URL: 'NATS', REDIS_URL: 'Redis', DATABASE_URL: 'PostgreSQL' }],
    [{ REDIS_URL: 'Redis', DATABASE_URL: 'PostgreSQL' }],
    [{ NATS_URL: 'NATS' }],
  ])('takes those whose URL is set, and says so: %j', async (set) => {
    await engines.redis.command('FLUSHALL');
    // One process that does what all roles do: a user without restrictions.
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    const directory = await dataDirectory();
    onTestFinished(() => directory.remove());
    const unset = ['NATS_URL', 'REDIS_URL', 'DATABASE_URL'].filter((name) => !Object.hasOwn(set, name));
    const all: Record<string, string> = Object.assign({}, ...Object.values(engines.variables), {
      NATS_URL: nats.url,
      DATABASE_URL: await engines.postgres.createDatabase(),
    });
    const variables = Object.entries(all).filter(([name]) => !unset.includes(name));
    const env = { ...Object.fromEntries(variables), DATA_DIR: directory.path };

    const standalone = runProgram('services/standalone/dist/main.js', [], env);
    onTestFinished(async () => {
      standalone.process.kill('SIGKILL');
      await standalone.ended;
    });
    const [, url = ''] = await standalone.printed(/ready at (http:\/\/\S+)[\s\S]*Stop: Ctrl-C/);
    const on = { NATS_URL: 'memory', REDIS_URL: 'memory', DATABASE_URL: 'PGlite', ...set };
    expect(standalone.stdout()).toContain(
      `"bus":"${on.NATS_URL}","tickets":"${on.REDIS_URL}","auditLog":"${on.DATABASE_URL}"`,
    );

    const stack = {
      tickets: url,
      edges: [url.replace('http', 'ws')],
      users: engines.users,
      audit: url,
      operatorToken: () => engines.users.token({ scope: 'audit:read' }),
    };
    await eventually(async () => (await fetch(`${url}/readyz`)).ok, {
      what: 'standalone to have its engines',
    });
    const issued = await issueTicket(stack);
    await (await connectWith(stack, issued)).close();
    await expectStory(stack, { ticket: issued.ticketId }, STORY);
    expect((await engines.redis.command('DBSIZE')) === '0').toBe(unset.includes('REDIS_URL'));
    const operator = (await readFile(join(directory.path, 'operator.token'), 'utf8')).trim();
    await expectStory(
      { audit: url, operatorToken: async () => operator },
      { ticket: issued.ticketId },
      STORY,
    );

    standalone.process.kill('SIGTERM');
    expect(await standalone.ended, standalone.stdout()).toBe(0);
  });
});
