import { missingEngines, temporaryDirectory } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readTerraform, servicesOf } from '../cloud-run/terraform.ts';
import { expectAdmission, serviceNames, startThreeServices } from '../deployment/three-services.ts';
import type { ServiceName } from '../stack/service-process.ts';
import { anonymousSession, connectWith, issueTicket } from '../stack/visitor.ts';
import { type Container, createImages, type Images } from './images.ts';

const missing = missingEngines('buildah', 'redis', 'nats', 'postgres', 'nginx');

/** Each holds as many connections as it may. */
const SESSIONS = 10;

describe.skipIf(missing)(`the images of Dockerfile${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let images: Images;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    images = await createImages(folder.path);
  }, 300_000);
  afterAll(() => folder?.remove());

  test.each([...serviceNames, 'standalone'])(
    '%s is built, and writes nothing to its root',
    async (service) => {
      const { megabytes, oursMegabytes } = await images.build(service);
      process.stdout.write(`${service}: ${megabytes} MB with Node, ${oursMegabytes} MB of it ours\n`);
      const run = await images.container(service);
      const writes = run({}, [
        'sh',
        '-c',
        'node -p "process.getuid()"; echo x > /app/x || node admit.js --version',
      ]);
      expect(await writes.ended, writes.stderr()).toBe(0);
      expect(writes.stdout()).toMatch(/^1000\n\d+\.\d+\.\d+\n$/);
      expect(writes.stderr()).toContain('Read-only file system');
    },
    300_000,
  );

  test('three of them admit a connection', async () => {
    const containers = await containersOf(images);
    const started = performance.now();
    const stack = await startThreeServices({
      tls: false,
      launch: (name, env) => containers[name]({ ...env, METRICS_HOST: '127.0.0.1' }),
    });
    process.stdout.write(`engines and services ready after ${Math.round(performance.now() - started)} ms\n`);
    await expectAdmission(stack);
    await stack.stop();
  });

  test('with the variables of Cloud Run they start fast, and drain in the 10 s that they have', async () => {
    const services = servicesOf(await readTerraform());
    const containers = await containersOf(images);
    // What this machine does not have: an issuer, and three servers of NATS.
    const local = { ANONYMOUS_SESSIONS: 'true', NATS_STREAM_REPLICAS: '1', ROUTES: 'default=echo' };
    const stack = await startThreeServices({
      tls: false,
      launch: (name, env) => containers[name](env),
      settings: (name) => ({ ...services[name].env, ...local }),
    });
    onTestFinished(stack.stop);
    for (const name of serviceNames) {
      await stack.services[name].kill();
      const started = performance.now();
      await stack.services[name].start();
      const listening = performance.now() - started;
      await stack.services[name].ready();
      const ready = performance.now() - started;
      process.stdout.write(
        `${name}: listens after ${Math.round(listening)} ms, ready after ${Math.round(ready)} ms\n`,
      );
    }

    const urls = { tickets: stack.services['ticket-service'].url, edges: [stack.services['ws-edge'].url] };
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => anonymousSession(urls)));
    const connections = await Promise.all(
      sessions.flatMap(({ token }) =>
        Array.from({ length: 20 }, async () => connectWith(urls, await issueTicket(urls, token))),
      ),
    );
    const codes = Promise.all(connections.map(async ({ closed }) => (await closed).code));
    for (const name of ['ws-edge', 'ticket-service', 'audit-service'] as const) {
      const signalled = performance.now();
      expect(await stack.services[name].stop()).toBe(0);
      const seconds = (performance.now() - signalled) / 1000;
      process.stdout.write(`${name}: ended ${seconds.toFixed(1)} s after SIGTERM\n`);
      expect(seconds, name).toBeLessThan(10);
    }
    expect(new Set(await codes)).toEqual(new Set([1012]));
  });
});

async function containersOf(images: Images): Promise<Readonly<Record<ServiceName, Container>>> {
  const all = serviceNames.map(async (name) => [name, await images.container(name)] as const);
  return Object.fromEntries(await Promise.all(all)) as Record<ServiceName, Container>;
}
