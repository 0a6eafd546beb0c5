import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openAuditLog, openPglite } from '@admit-one/adapter-postgres';
import { dataDirectory, eventually, type TemporaryDirectory } from '@admit-one/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Program, runProgram } from '../stack/program.ts';

const STANDALONE = 'services/standalone/dist/main.js';
const ADMIT = 'libs/cli/bin/admit.js';

let directory: TemporaryDirectory;
let programs: Program[];

beforeEach(async () => {
  directory = await dataDirectory();
  programs = [];
});

afterEach(async () => {
  for (const program of programs) {
    program.process.kill('SIGKILL');
    await program.ended;
  }
  await directory.remove();
});

function run(file: string, args: string[] = [], env: Record<string, string> = {}): Program {
  const program = runProgram(file, args, env);
  programs.push(program);
  return program;
}

function start(env: Record<string, string> = {}): Program {
  return run(STANDALONE, [], { PORT: '0', METRICS_PORT: '0', DATA_DIR: directory.path, ...env });
}

async function ready(program: Program): Promise<string> {
  const [, url = ''] = await program.printed(/ready at (http:\/\/\S+)[\s\S]*Stop: Ctrl-C/);
  return url;
}

/** What a start that fails writes. */
async function rejectedStart(env: Record<string, string>): Promise<string> {
  const server = start(env);
  expect(await server.ended).toBe(1);
  expect(server.stdout()).toBe('');
  expect(server.stderr()).not.toMatch(/\n\s+at /);
  return server.stderr();
}

describe('npm start', () => {
  describe('that runs', () => {
    let own: TemporaryDirectory;
    let server: Program;
    let url: string;

    beforeAll(async () => {
      own = await dataDirectory();
      server = runProgram(STANDALONE, [], { PORT: '0', METRICS_PORT: '0', DATA_DIR: own.path });
      url = await ready(server);
    });
    afterAll(async () => {
      server.process.kill('SIGKILL');
      await server.ended;
      await own.remove();
    });

    test('shows what to type, and what it shows works', async () => {
      expect(server.stdout()).toContain(`curl -sX POST ${url}/api/websocket/ticket`);

      const admit = run(ADMIT, ['connect', '--url', url]);
      admit.process.stdin?.end('hello\n');
      expect(await admit.ended, admit.stderr()).toBe(0);
      expect(admit.stdout()).toContain('hello');

      const tokenFile = /operator token in (\S+operator\.token)/.exec(server.stdout())?.[1] ?? '';
      const headers = { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` };
      await expect
        .poll(async () => {
          const response = await fetch(`${url}/api/v1/audit/events?type=admit.connection.closed`, {
            headers,
          });
          return ((await response.json()) as { events: unknown[] }).events.length;
        })
        .toBe(1);
      expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
    });

    test('gives the operator a token by command', async () => {
      const admit = run(ADMIT, ['token', '--operator', '--data-dir', own.path]);
      expect(await admit.ended, admit.stderr()).toBe(0);
      const headers = { authorization: `Bearer ${admit.stdout().trim()}` };
      expect((await fetch(`${url}/api/v1/audit/events`, { headers })).status).toBe(200);
    });

    test('rejects a second start on its data, before that looks at the port', async () => {
      const line = await rejectedStart({ PORT: new URL(url).port, DATA_DIR: own.path });
      expect(line).toMatch(
        /is in use by process \d+\. Stop that process, or set DATA_DIR to another directory\.\n$/,
      );
    });
  });

  /** Stops a server, and expects it to end well. */
  async function stop(server: Program, url: string, ...signals: readonly NodeJS.Signals[]): Promise<void> {
    for (const signal of signals) server.process.kill(signal);
    expect(await server.ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
    expect(server.stderr()).toBe('');
  }

  test('drains on Ctrl-C, also where it arrives twice, exits with 0 and leaves nothing running', async () => {
    const server = start();
    await stop(server, await ready(server), 'SIGINT', 'SIGINT');
  });

  test('goes on with its data after SIGTERM, known to be complete, and after a kill', async () => {
    const first = start();
    await stop(first, await ready(first), 'SIGTERM');

    const second = start();
    const options = ['--url', await ready(second), '--data-dir', directory.path];
    // What the start itself reports is stored in its own time.
    await eventually(
      async () => {
        const admit = run(ADMIT, ['audit', 'completeness', ...options]);
        expect(await admit.ended, admit.stdout() + admit.stderr()).toBe(0);
        expect(admit.stdout()).toContain('The audit log is complete.');
      },
      { what: 'the audit log is complete' },
    );
    second.process.kill('SIGKILL');
    await second.ended;

    const url = await ready(start());
    const token = await readFile(join(directory.path, 'operator.token'), 'utf8');
    const headers = { authorization: `Bearer ${token.trim()}` };
    await expect
      .poll(async () => {
        const query = '?type=admit.service.started&limit=1000';
        const response = await fetch(`${url}/api/v1/audit/events${query}`, { headers });
        const { events } = (await response.json()) as { events: { data: { service: string } }[] };
        return events.filter(({ data }) => data.service === 'ws-edge').length;
      })
      .toBeGreaterThanOrEqual(2);
  });
});

describe('npm start says in one line what is wrong', () => {
  test.each(['PORT', 'METRICS_PORT'])('a taken %s', async (variable) => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const line = await rejectedStart({ [variable]: String(port) });
    expect(line).toBe(`Port ${port} is taken. Set ${variable} to a free one, or to 0 for any.\n`);
    taken.close();
  });

  test('bad variables, all at once', async () => {
    const lines = await rejectedStart({
      ...{ PORT: 'eighty', TICKET_TTL_SECONDS: '0', ROUTES: 'default=nothing' },
      DATA_DIR: join(directory.path, 'data'),
    });
    expect(lines).toMatch(/PORT: .*"eighty"/);
    expect(lines).toMatch(/TICKET_TTL_SECONDS: /);
    expect(lines).toMatch(/ROUTES: /);
    expect(existsSync(join(directory.path, 'data'))).toBe(false);
  });

  test('a data directory that cannot be written', async () => {
    await writeFile(join(directory.path, 'file'), '');
    const line = await rejectedStart({ DATA_DIR: join(directory.path, 'file', 'data') });
    expect(line).toMatch(/^DATA_DIR \S+ cannot be used: .*\n$/);
  });

  test('keys that are damaged', async () => {
    await writeFile(join(directory.path, 'keys.json'), '{"users":');
    expect(await rejectedStart({})).toMatch(/^\S+keys\.json does not contain the keys .* remove it: .*\n$/);
  });

  test('an audit log that is damaged', async () => {
    await mkdir(join(directory.path, 'audit'), { recursive: true });
    await writeFile(join(directory.path, 'audit', 'PG_VERSION'), '14');
    expect(await rejectedStart({})).toMatch(/^\S+audit cannot be opened as a database.* move it away: .*\n$/);
  });

  test('data that a newer version has written', async () => {
    const sql = await openPglite({ dataDir: join(directory.path, 'audit') });
    await openAuditLog(sql);
    await sql.query("INSERT INTO schema_migration (version, name) VALUES (999, 'from the future')");
    await sql.close();
    expect(await rejectedStart({})).toMatch(/^\S+: The database has schema version 999, .*\n$/);
  });
});
