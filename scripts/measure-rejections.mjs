/**
 * Prints the CPU time that a ticket-service spends on a ticket and on each kind of rejection:
 * `REDIS_URL=… NATS_URL=… node scripts/measure-rejections.mjs`, after `node scripts/bundle.mjs`. Linux only.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';

/** Enough for the compiler to be done with it, also of the warm-up, which is as long. */
const REQUESTS = 10_000;
const AT_ONCE = 8;
const TICKS_PER_SECOND = 100;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const child = spawn(process.execPath, ['services/ticket-service/dist/main.js'], {
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
while (!/"url":"[^"]+"/.test(output)) await once(child.stdout, 'data');
const url = new URL(/"url":"([^"]+)"/.exec(output)[1]);

async function cpuMicros() {
  const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1].split(' ');
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

const open = async () => {
  const socket = connect(Number(url.port), '127.0.0.1').setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
};

async function measure(name, requestOf) {
  const run = async (count) => {
    let left = count;
    const statuses = new Set();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const socket = await open();
        while (left-- > 0) {
          statuses.add(await ask(socket, requestOf()));
        }
        socket.destroy();
      }),
    );
    return [...statuses].join();
  };
  await run(REQUESTS);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const before = await cpuMicros();
  const status = await run(REQUESTS);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const micros = ((await cpuMicros()) - before) / REQUESTS;
  console.log(`${name.padEnd(44)} ${status} ${micros.toFixed(0).padStart(6)} µs`);
}

const { token } = await (await fetch(new URL('/api/v1/auth/token', url), { method: 'POST' })).json();
const [head, claims] = token.split('.');
const post = (headers, body = '') =>
  `POST /api/websocket/ticket HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const bearer = (text) => `Authorization: Bearer ${text}\r\n`;
let count = 0;
const forged = () => `${head}.${claims}.${Buffer.from(`${count++}`.padStart(64, 'x')).toString('base64url')}`;

try {
  await measure('ticket', () => post(bearer(token)));
  await measure('no token', () => post(''));
  await measure('no token, with a body', () =>
    post('Content-Type: application/json\r\n', '{"route":"chat"}'),
  );
  await measure('malformed token', () => post(bearer(`abc${count++}`)));
  await measure('forged signature', () => post(bearer(forged())));
  await measure('unknown member', () =>
    post(`${bearer(token)}Content-Type: application/json\r\n`, '{"Route":"chat"}'),
  );
  await measure('unknown path', () => 'GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n');
} finally {
  child.kill();
  await once(child, 'exit');
}
