import { missingEngines, temporaryDirectory } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAdmission, serviceNames, startThreeServices } from '../deployment/three-services.ts';
import type { ServiceName } from '../stack/service-process.ts';
import { type Container, createImages, type Images } from './images.ts';

const missing = missingEngines('buildah', 'redis', 'nats', 'postgres', 'nginx');

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
    const containers = Object.fromEntries(
      await Promise.all(serviceNames.map(async (name) => [name, await images.container(name)])),
    ) as Record<ServiceName, Container>;
    const started = performance.now();
    const stack = await startThreeServices({
      tls: false,
      launch: (name, env) => containers[name]({ ...env, METRICS_HOST: '127.0.0.1' }),
    });
    process.stdout.write(`engines and services ready after ${Math.round(performance.now() - started)} ms\n`);
    await expectAdmission(stack);
    await stack.stop();
  });
});
