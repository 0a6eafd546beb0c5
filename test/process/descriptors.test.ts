import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { dataDirectory } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../stack/program.ts';

const DESCRIPTORS = 300;

test('idle connections above the limit of open files keep no newcomer out, and are logged once', async () => {
  const directory = await dataDirectory();
  const variables = { PORT: '0', METRICS_PORT: '0', DATA_DIR: directory.path };
  const standalone = runProgram('services/standalone/dist/main.js', [], variables, DESCRIPTORS);
  const idle: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of idle) socket.destroy();
    standalone.process.kill('SIGKILL');
    await standalone.ended;
    await directory.remove();
  });
  const [, url = ''] = await standalone.printed(/ready at (http:\/\/\S+)/);
  const { hostname, port } = new URL(url);

  for (let n = 0; n < 2 * DESCRIPTORS; n += 1) {
    const socket = connect(Number(port), hostname).on('error', () => {});
    idle.push(socket);
    await once(socket, 'connect');
    socket.write('GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n');
    await once(socket, 'data');
  }
  const token = await fetch(`${url}/api/v1/auth/token`, { method: 'POST' });
  expect(token.status).toBe(200);
  const logged = () => standalone.stdout().match(/http_connections_at_bound/g);
  await expect.poll(logged).toHaveLength(1);
});
