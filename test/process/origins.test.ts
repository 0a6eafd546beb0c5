import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, connect, dataDirectory } from '@admit-one/testkit';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Program, runProgram } from '../stack/program.ts';
import { startService } from './services.fixture.ts';

const OLD = 'https://old.example';
const NEW = 'https://new.example';

let directory: string;
let file: string;

beforeEach(async () => {
  const temporary = await dataDirectory();
  onTestFinished(() => temporary.remove());
  directory = temporary.path;
  file = join(directory, 'origins');
  await writeFile(file, `# where our pages are\n${OLD}\n`);
});

/** Runs the program, as built, until the test's end. */
function run(env: Record<string, string>): Program {
  const program = runProgram('services/standalone/dist/main.js', [], {
    PORT: '0',
    METRICS_PORT: '0',
    DATA_DIR: directory,
    ...env,
  });
  onTestFinished(async () => {
    program.process.kill('SIGKILL');
    await program.ended;
  });
  return program;
}

async function start(env: Record<string, string>): Promise<{ program: Program; url: string }> {
  const program = run(env);
  const [, url = ''] = await program.printed(/ready at (http:\/\/\S+)[\s\S]*Stop: Ctrl-C/);
  return { program, url };
}

/** Asks for an anonymous session as a page of that origin does. */
async function askFrom(url: string, origin: string): Promise<{ status: number; readable: boolean }> {
  const response = await fetch(`${url}/api/v1/auth/token`, { method: 'POST', headers: { origin } });
  return {
    status: response.status,
    readable: response.headers.get('access-control-allow-origin') === origin,
  };
}

/** Connects as a page of that origin does, with a ticket that another client requested. */
async function connectFrom(url: string, origin: string): Promise<Connection> {
  const post = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(url + path, { method: 'POST', headers })).json() as Promise<{
      token: string;
      ticket: string;
    }>;
  const { token } = await post('/api/v1/auth/token');
  const { ticket } = await post('/api/websocket/ticket', { authorization: `Bearer ${token}` });
  return connect(`${url.replace('http', 'ws')}/ws`, { protocols: ['admit.v1', `ticket.${ticket}`], origin });
}

async function expectEcho({ socket, next }: Connection): Promise<void> {
  socket.send('hello');
  expect(await next()).toBe('hello');
}

/** All at once, so that no reading finds half of it. */
async function replaceFile(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

test('a file of origins changes who may come, and no connection that is open', async () => {
  const { program, url } = await start({ FRONTEND_ORIGINS_FILE: file });
  const blocked = { code: 1008, reason: 'ORIGIN_BLOCKED' };
  const open = await connectFrom(url, OLD);
  await expectEcho(open);
  expect(await (await connectFrom(url, NEW)).closed).toEqual(blocked);

  await replaceFile(NEW);
  program.process.kill('SIGHUP');
  await program.printed(/"origins":1,"added":\["https:\/\/new\.example"\].*"origins_reloaded"/);
  expect(await (await connectFrom(url, OLD)).closed).toEqual(blocked);
  expect(await askFrom(url, OLD)).toEqual({ status: 403, readable: true });
  await expectEcho(await connectFrom(url, NEW));
  expect(await askFrom(url, NEW)).toEqual({ status: 200, readable: true });

  await replaceFile(`${OLD}\n*\n`);
  program.process.kill('SIGHUP');
  await program.printed(/"severity":"ERROR".*FRONTEND_ORIGINS_FILE: line 2: .*"origins_invalid"/);
  expect(await askFrom(url, NEW)).toEqual({ status: 200, readable: true });

  await replaceFile(OLD);
  await program.printed(/"added":\["https:\/\/old\.example"\].*"origins_reloaded"/);
  expect(await askFrom(url, OLD)).toEqual({ status: 200, readable: true });
  expect(await askFrom(url, NEW)).toEqual({ status: 403, readable: true });
  await expectEcho(open);
});

test('an invalid file of origins keeps a process from starting', async () => {
  await replaceFile('new.example');
  const program = run({ FRONTEND_ORIGINS_FILE: file, FRONTEND_ORIGINS: 'null' });
  expect(await program.ended).toBe(1);
  expect(program.stderr()).toMatch(/^ {2}FRONTEND_ORIGINS: "null" /m);
  expect(program.stderr()).toMatch(/^ {2}FRONTEND_ORIGINS_FILE: line 1: "new\.example" is not an origin/m);
});

test('SIGHUP does a process without such a file no harm', async () => {
  const variables = { PORT: '0', METRICS_PORT: '0', NATS_URL: 'nats://127.0.0.1:1', FRONTEND_ORIGINS: OLD };
  const edge = await startService('ws-edge', variables);
  edge.process.kill('SIGHUP');
  await edge.printed(/"added":\[\],"removed":\[\].*"origins_reloaded"/);
  const { headers } = await fetch(`${edge.url}/healthz`, { headers: { origin: OLD } });
  expect(headers.get('access-control-allow-origin')).toBe(OLD);
});
