/**
 * Prints the CPU time that a ticket-service spends on a ticket and on each kind of rejection:
 * `REDIS_URL=… NATS_URL=… node scripts/measure-rejections.mjs [folder…]`, after `node scripts/bundle.mjs` in each of the
 * folders of the repository to compare; by default this one. Where there are several, they take turns. Linux only.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Enough for the compiler to be done with it. */
const WARM_UP = 10_000;
const ROUNDS = 5;
const REQUESTS_PER_ROUND = 4_000;
const AT_ONCE = 8;
const TICKS_PER_SECOND = 100;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

async function start(folder) {
  const child = spawn(process.execPath, [join(folder, 'services/ticket-service/dist/main.js')], {
    env: {
      ...process.env,
      PORT: '0',
      METRICS_PORT: '0',
      OUTBOX_SOFT_BOUND: '100000',
      OUTBOX_HARD_BOUND: '100000',
      TICKETS_PER_SESSION_PER_MINUTE: '0',
      TICKETS_PER_USER_PER_MINUTE: '0',
      FAILED_TOKENS_PER_MINUTE: '0',
      ANONYMOUS_SESSIONS: 'true',
      ANONYMOUS_SIGNING_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    if (output.length < 10_000) output += chunk;
  });
  while (!/"message":"ready"/.test(output)) await once(child.stdout, 'data');
  return { folder, child, url: new URL(/"url":"([^"]+)"/.exec(output)[1]) };
}

async function cpuMicros({ child: { pid } }) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}

/** Sends a request on a connection, and resolves with the status. */
async function ask(socket, text) {
  socket.write(text);
  let answer = '';
  for (;;) {
    const [chunk] = await once(socket, 'data');
    answer += chunk;
    const end = answer.indexOf('\r\n\r\n');
    if (end < 0) continue;
    const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
    if (answer.length >= end + 4 + length) return answer.slice(9, 12);
  }
}

async function open({ url }) {
  const socket = connect(Number(url.port), '127.0.0.1').setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

/** Resolves with the statuses. */
async function run(service, requestOf, count) {
  let left = count;
  const statuses = new Set();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const socket = await open(service);
      while (left-- > 0) statuses.add(await ask(socket, requestOf()));
      socket.destroy();
    }),
  );
  // What follows a request, such as its events, belongs to it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return [...statuses].join();
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function measure(name, requestOf) {
  const micros = new Map(services.map((service) => [service, []]));
  let status;
  for (const service of services) await run(service, requestOf, WARM_UP);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const service of services) {
      const before = await cpuMicros(service);
      status = await run(service, requestOf, REQUESTS_PER_ROUND);
      micros.get(service).push(((await cpuMicros(service)) - before) / REQUESTS_PER_ROUND);
    }
  const medians = [...micros.values()].map((values) => `${median(values).toFixed(0)} µs`.padStart(8));
  console.log(`${name.padEnd(24)} ${status} ${medians.join('')}`);
}

const folders = process.argv.slice(2);
const services = await Promise.all((folders.length > 0 ? folders : ['.']).map(start));
const [first] = services;
const { token } = await (await fetch(new URL('/api/v1/auth/token', first.url), { method: 'POST' })).json();
const [head, claims] = token.split('.');
const post = (headers, body = '') =>
  `POST /api/websocket/ticket HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const bearer = (text) => `Authorization: Bearer ${text}\r\n`;
const JSON_BODY = 'Content-Type: application/json\r\n';
let count = 0;
const forged = () => `${head}.${claims}.${Buffer.from(`${count++}`.padStart(64, 'x')).toString('base64url')}`;

try {
  await measure('ticket', () => post(bearer(token)));
  await measure('ticket, with a body', () => post(`${bearer(token)}${JSON_BODY}`, '{"route":"chat"}'));
  await measure('no token', () => post(''));
  await measure('malformed token', () => post(bearer(`abc${count++}`)));
  await measure('forged signature', () => post(bearer(forged())));
  await measure('unknown member', () => post(`${bearer(token)}${JSON_BODY}`, '{"Route":"chat"}'));
  await measure('unknown path', () => 'GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n');
} finally {
  for (const { child } of services) {
    child.kill();
    await once(child, 'exit');
  }
}
