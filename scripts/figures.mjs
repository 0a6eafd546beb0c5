// Counts what one ticket costs a reader: which of our files its way crosses, from the ticket request to the stored event,
// how often its event is encoded and decoded, how often the subprotocol header is parsed; and the lines of tests and product.
// Runs the bundle of standalone, on the engines that REDIS_URL, NATS_URL and DATABASE_URL name, else on embedded ones.
// Usage: node scripts/figures.mjs [--files]
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, 'services/standalone/dist/main.js');
const SETTLED_MS = 2_000;

/** Runs one ticket through standalone and gives what its process saw. */
async function followTicket() {
  const data = mkdtempSync(join(tmpdir(), 'admit-one-figures-'));
  const child = fork(bundle, {
    execArgv: ['--import', new URL('./figures-probe.mjs', import.meta.url).href],
    env: { ...process.env, PORT: '0', METRICS_PORT: '0', DATA_DIR: data, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    const url = await readyUrl(child);
    const { token } = await postJson(`${url}/api/v1/auth/token`);
    await visit(url, token);
    await ask(child, 'start');
    const ticketId = await visit(url, token);
    await pause(SETTLED_MS);
    return await ask(child, 'report', ticketId);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(data, { recursive: true, force: true });
  }
}

async function readyUrl(child) {
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    const [, url] = /ready at (http:\S+)/.exec(output) ?? [];
    if (url) {
      child.stdout.resume();
      return url;
    }
  }
  throw new Error(`standalone did not start:\n${output}`);
}

async function postJson(url, token) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: 'POST', headers });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Takes a ticket, opens a connection with it, has one message echoed, and closes. Gives the ticket's id. */
async function visit(url, token) {
  const { ticket, ticketId } = await postJson(`${url}/api/websocket/ticket`, token);
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, ['admit.v1', `ticket.${ticket}`]);
  await once(socket, 'open');
  socket.send('hello');
  await once(socket, 'message');
  socket.close(1000);
  await once(socket, 'close');
  return ticketId;
}

async function ask(child, question, ticketId) {
  child.send({ question, ticketId });
  const [answer] = await once(child, 'message');
  return answer;
}

/** Our files with a function that ran, and how often each function did. */
function filesCrossed(functions) {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  const starts = lineStarts(readFileSync(bundle, 'utf8'));
  const files = new Map();
  for (const { name, offset, count } of functions) {
    const line = starts.findLastIndex((start) => start <= offset);
    const { originalSource } = map.findEntry(line, offset - starts[line]);
    if (originalSource === undefined) continue;
    const file = relative(root, resolve(dirname(bundle), originalSource.replace(/^file:\/\//, '')));
    if (!/^(libs|services)\//.test(file)) continue;
    const calls = files.get(file) ?? new Map();
    files.set(file, calls.set(name, (calls.get(name) ?? 0) + count));
  }
  return files;
}

function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function linesOf(file) {
  return readFileSync(join(root, file), 'utf8').split('\n').length - 1;
}

function countLines(isCounted) {
  const tracked = execFileSync('git', ['ls-files', '*.ts', '*.tsx'], { cwd: root, encoding: 'utf8' });
  return tracked
    .trim()
    .split('\n')
    .filter(isCounted)
    .reduce((sum, file) => sum + linesOf(file), 0);
}

const isTest = (file) => file.startsWith('test/') || /\.(test|fixture)\.tsx?$/.test(file);
const isProduct = (file) => /^(libs|services)\//.test(file) && !isTest(file);

const { functions, encodings, decodings } = await followTicket();
const files = filesCrossed(functions);
const names = [...files.keys()].sort();
const parses = [...files].flatMap(([file, calls]) =>
  [...calls]
    .filter(([name]) => /protocols/i.test(name))
    .map(([name, count]) => `${name} ×${count} (${file})`),
);
const [product, tests] = [countLines(isProduct), countLines(isTest)];

if (process.argv.includes('--files')) console.log(names.join('\n'));
console.log(
  `files crossed by one ticket: ${names.length}, ${names.reduce((sum, file) => sum + linesOf(file), 0)} lines`,
);
console.log(`encodings of its consumed event: ${encodings}; decodings: ${decodings}`);
console.log(`functions over subprotocols: ${parses.join(', ') || 'none'}`);
console.log(`lines: product ${product}, tests ${tests}, ${(tests / product).toFixed(2)} : 1`);
