import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { connect } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { runProgram } from '../stack/program.ts';

const root = join(import.meta.dirname, '..', '..');

let stack: EmbeddedStack;

beforeAll(async () => {
  stack = await startEmbedded({ TICKETS_PER_SESSION_PER_MINUTE: '3' });
});

afterAll(() => stack.stop());

/** The program under a heading of the page. */
async function recipe(heading: string): Promise<string> {
  const page = await readFile(join(root, 'docs', 'cookie-sessions.md'), 'utf8');
  const [, code] = new RegExp(`^## ${heading}$.*?^\`\`\`js$\n(.*?)^\`\`\`$`, 'ms').exec(page) ?? [];
  if (code === undefined) throw new Error(`docs/cookie-sessions.md has no program under ${heading}`);
  return code;
}

/** Runs a recipe as a backend. It lies in the project's folder, where its packages are. */
async function startBackend(heading: string): Promise<string> {
  const parent = join(root, 'node_modules', '.cache');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'recipe-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'server.mjs');
  await writeFile(file, await recipe(heading));
  const program = runProgram(relative(root, file), [], {
    ADMIT_URL: stack.tickets,
    ADMIT_TOKEN: await stack.operatorToken(),
    SESSION_SECRET: 'a secret of more than thirty-two characters',
    PORT: '0',
  });
  onTestFinished(async () => {
    program.process.kill();
    await program.ended;
  });
  const [, port] = await program.printed(/Listening on (\d+)/);
  return `http://127.0.0.1:${port}`;
}

describe.each(['Express', 'Fastify'])('the recipe for %s', (heading) => {
  test('gives the user of a cookie session tickets, up to the limit of the session', async () => {
    const url = await startBackend(heading);
    const post = (path: string, headers: Record<string, string> = {}) =>
      fetch(url + path, { method: 'POST', headers });
    expect((await post('/ticket')).status).toBe(401);
    const login = await post('/login');
    const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';');
    const id = decodeURIComponent(cookie.split('=')[1] ?? '');

    const reply = await post('/ticket', { cookie });
    expect(reply.status).toBe(200);
    const { ticket, ticketId } = (await reply.json()) as { ticket: string; ticketId: string };
    const connection = await connect(`${stack.edges[0]}/ws?ticket=${ticket}`);
    connection.socket.send('hello');
    expect(await connection.next()).toBe('hello');
    await connection.close();
    expect(stack.logs()).toContain(ticketId);
    expect(stack.logs()).not.toContain(id.replace(/^s:/, '').split('.')[0]);

    const statuses = new Set<number>();
    for (let time = 0; time < 6; time += 1) {
      const more = await post('/ticket', { cookie });
      statuses.add(more.status);
      if (more.status === 429) {
        expect(Number(more.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(await more.json()).toMatchObject({ code: 'RATE_LIMITED' });
      }
    }
    expect(statuses).toContain(429);
  });
});
