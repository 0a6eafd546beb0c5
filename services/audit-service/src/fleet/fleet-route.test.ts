import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Engines, eventOf, publish, startEngines, startFixture } from '../audit-service.fixture.ts';

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.close());

test('the fleet and the settings are told to operators', async () => {
  const setting = { name: 'PORT', description: 'Port.', value: '9000', isDefault: false, isSecret: false };
  const fixture = await startFixture(engines, { settings: [setting] });
  onTestFinished(() => fixture.stop());
  const now = Date.now();
  const tells = (name: 'started' | 'alive' | 'stopped', instance: string, sequence: number, data: object) =>
    eventOf({
      type: `admit.service.${name}`,
      partitionkey: instance,
      sequence,
      time: now + sequence,
      data: { service: 'ws-edge', lastSequence: sequence, ...data },
    });
  const nats = { name: 'nats', up: false, since: now - 5_000 };
  const told = [
    tells('started', 'ws-edge-1', 1, { connections: 0 }),
    tells('alive', 'ws-edge-1', 2, {
      ...{ connections: 35, version: '1.2.3', startedAt: now - 60_000, dependencies: [nats, { name: 7 }] },
    }),
    tells('alive', 'ws-edge-2', 1, { connections: 'many', startedAt: 1e300, dependencies: 'none' }),
    tells('stopped', 'ws-edge-3', 1, {}),
  ];
  for (const event of told) await publish(fixture.bus, [event]);
  const edges = async () => {
    const { body } = await fixture.get('/api/v1/audit/fleet');
    return (body.instances as { readonly service: string }[]).filter(({ service }) => service === 'ws-edge');
  };
  await expect.poll(edges).toHaveLength(3);
  const unknown = { startedAt: null, version: null, connections: null, dependencies: [] };
  const heardAt = expect.any(String);
  expect(await edges()).toEqual([
    {
      ...{ service: 'ws-edge', instance: 'ws-edge-1', state: 'alive', heardAt },
      ...{ startedAt: new Date(now - 60_000).toISOString(), version: '1.2.3', connections: 35 },
      dependencies: [{ ...nats, since: new Date(nats.since).toISOString() }],
    },
    { ...unknown, service: 'ws-edge', instance: 'ws-edge-2', state: 'alive', heardAt },
    { ...unknown, service: 'ws-edge', instance: 'ws-edge-3', state: 'stopped', heardAt },
  ]);
  // The audit-service itself tells what it depends on, and since when it runs.
  const own = async () => (await fixture.get('/api/v1/audit/fleet')).body.instances;
  await expect
    .poll(own)
    .toContainEqual(
      expect.objectContaining({ instance: fixture.instance, startedAt: expect.any(String), connections: 0 }),
    );

  expect((await fixture.get('/api/v1/audit/settings')).body).toMatchObject({
    ...{ service: 'audit-service', instance: fixture.instance, settings: [setting] },
  });
  for (const path of ['fleet', 'settings'])
    expect(await fixture.get(`/api/v1/audit/${path}`, null)).toMatchObject({ status: 401 });
});
