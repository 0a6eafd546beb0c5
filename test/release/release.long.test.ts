import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asRole, missingEngines, startNatsWithRoles, temporaryDirectory } from '@admit-one/testkit';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const programs = ['ticket-service', 'ws-edge', 'audit-service', 'standalone', 'cli'];

let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
let sums: string;
const release = (name: string) => join(folder.path, 'release', name);

function node(args: readonly string[], cwd = root) {
  return run(process.execPath, [...args], { cwd });
}

async function makeRelease(name: string, ...more: readonly string[]): Promise<string> {
  const out = join(folder.path, name);
  await node([join(root, 'scripts', 'release.mjs'), '--out', out, ...more]);
  return readFile(join(out, 'SHA256SUMS'), 'utf8');
}

/** An empty project with these packages of the release, and what they need from the registry. */
async function projectWith(name: string, ...packages: readonly string[]): Promise<string> {
  const project = join(folder.path, name);
  const npm = (...args: readonly string[]) =>
    run('npm', [...args, '--prefer-offline', '--no-audit'], { cwd: project });
  await run('mkdir', [project]);
  await npm('init', '--yes', '--init-type=module');
  await npm('install', ...packages.map((file) => (file.endsWith('.tgz') ? release(file) : file)));
  return project;
}

beforeAll(async () => {
  folder = await temporaryDirectory();
  await node(['node_modules/turbo/bin/turbo', 'run', 'build', '--output-logs=errors-only']);
  sums = await makeRelease('release');
}, 300_000);
afterAll(() => folder?.remove());

describe('a release', () => {
  test('has the same bytes when it is made again', async () => {
    expect(await makeRelease('again')).toBe(sums);
    const program = await readFile(release('admit.js'), 'utf8');
    expect(program.includes(root)).toBe(false);
  }, 300_000);

  test.each(programs)(
    'says what %s is made of, with a version and a licence of each package',
    async (name) => {
      const { metadata, components } = JSON.parse(await readFile(release(`${name}.cdx.json`), 'utf8'));
      expect(metadata.component).toMatchObject({ name, version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
      expect(components.length).toBeGreaterThan(20);
      const incomplete = components.filter(
        ({ version, licenses }: { version?: string; licenses?: unknown[] }) => !version || !licenses?.length,
      );
      expect(incomplete).toEqual([]);
    },
  );

  test('is not made of a tag that the version or the changelog does not know', async () => {
    await expect(makeRelease('wrong', '--tag', 'v99.0.0')).rejects.toThrow(/the tag is v99\.0\.0/);
  });
});

describe('an empty project', () => {
  let stack: EmbeddedStack;
  beforeAll(async () => {
    stack = await startEmbedded({ ROUTES: 'default=echo', ANONYMOUS_SESSIONS: 'true' });
  });
  afterAll(() => stack?.stop());

  test('runs the command line, as a package and as one file', async () => {
    const project = await projectWith('command-line', 'admit-one-cli-0.1.0.tgz');
    const connect = ['connect', '--url', stack.tickets, '--linger', '500'];
    const commands = [
      ['npx', '@admit-one/cli', ...connect],
      [process.execPath, release('admit.js'), ...connect],
    ] as const;
    for (const [command, ...args] of commands) {
      const child = run(command, args, { cwd: project });
      child.child.stdin?.end('hello\n');
      expect((await child).stdout).toBe('hello\n');
    }
    const { messages } = await publint({ pkgDir: join(project, 'node_modules/@admit-one/cli'), pack: false });
    expect(messages).toEqual([]);
  }, 120_000);

  test('connects with the client', async () => {
    const project = await projectWith('page', 'admit-one-client-0.1.0.tgz', 'ws');
    const program = `
      import { connect } from '@admit-one/client';
      import { WebSocket } from 'ws';
      globalThis.WebSocket = WebSocket;
      const [, , url, token] = process.argv;
      const socket = connect({
        url: url.replace('http', 'ws') + '/ws', ticketUrl: url + '/api/websocket/ticket',
        getToken: () => token,
      });
      socket.addEventListener('open', () => socket.send('hello'));
      socket.addEventListener('message', ({ data }) => { console.log(data); socket.close(); process.exit(); });
    `;
    await writeFile(join(project, 'main.js'), program);
    const { stdout } = await node(['main.js', stack.tickets, await stack.users.token()], project);
    expect(stdout).toBe('hello\n');
  }, 120_000);

  const missing = missingEngines('nats');
  test.skipIf(missing)(
    'guards a server with the gate',
    async () => {
      const names = ['core', 'sockets', 'text', 'ticket-client', 'adapter-nats', 'gate'];
      const project = await projectWith(
        'server',
        'ws',
        ...names.map((name) => `admit-one-${name}-0.1.0.tgz`),
      );
      const nats = await startNatsWithRoles();
      onTestFinished(nats.stop);
      // The example of the package's page, and a visitor without a ticket.
      const page = await readFile(join(project, 'node_modules/@admit-one/gate/README.md'), 'utf8');
      const example = /```ts\n(import \{ createServer \}[\s\S]*?)```/.exec(page)?.[1] ?? '';
      const visit = `server.listen(0, () => {
      const { port } = server.address();
      new WebSocket('ws://127.0.0.1:' + port).on('unexpected-response', (_, { statusCode }) => {
        console.log('status', statusCode);
        process.exit();
      });
    });`;
      const main = example
        .replace('nats://127.0.0.1:4222', asRole(nats.url, 'gate'))
        .replace('import { WebSocketServer }', 'import { WebSocket, WebSocketServer }')
        .replace(/^server\.listen\(.*$/m, visit);
      await writeFile(join(project, 'main.js'), main);
      const { stdout } = await node(['main.js'], project);
      expect(stdout).toContain('status 401');
    },
    120_000,
  );
});
