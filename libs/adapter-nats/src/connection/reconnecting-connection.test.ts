import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '@admit-one/core';
import {
  missingEngines,
  type NatsEngine,
  startFaultProxy,
  startNats,
  temporaryDirectory,
} from '@admit-one/testkit';
import { nkeys } from '@nats-io/nats-core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { inbox, newEvent, openBus } from '../nats-bus.fixture.ts';

const missing = missingEngines('nats');
const disconnected = expect.objectContaining({ name: 'BusError', code: 'disconnected' });
const message: Message = { subject: 'test.message', body: Buffer.from('text'), headers: {}, reply: null };

/** In the form of a user's; a server that asks for none takes any. */
const CREDENTIALS = `-----BEGIN NATS USER JWT-----
e30.e30.e30
------END NATS USER JWT------
-----BEGIN USER NKEY SEED-----
${Buffer.from(nkeys.createUser().getSeed())}
------END USER NKEY SEED------
`;

describe.skipIf(missing)(`the connection to NATS${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeEach(async () => {
    nats = await startNats();
  });
  afterEach(() => nats.stop());

  it('comes up while NATS is away, rejects calls at once, and starts everything when it is there', async () => {
    await nats.kill();
    const bus = await openBus(nats.url);
    expect(bus.connected).toBe(false);
    expect(bus.errors).toHaveLength(1);
    const received: Message[] = [];
    const { handler, has } = inbox();
    bus.messages.subscribe('test.message', (one) => received.push(one));
    await bus.requests.serve('admit.served', async () => 'answer');
    await bus.events.consume('audit', handler);
    const event = newEvent();
    await expect(bus.events.publish([event])).rejects.toEqual(disconnected);
    await expect(bus.requests.request('admit.served', {}, 10_000)).rejects.toEqual(disconnected);
    expect(() => bus.messages.publish(message)).toThrow(disconnected);

    await nats.start();
    await expect.poll(() => bus.connected).toBe(true);
    bus.messages.publish(message);
    expect(await bus.requests.request('admit.served', {}, 5_000)).toBe('answer');
    await bus.events.publish([event]);
    await expect.poll(() => received.length === 1 && has([event])).toBe(true);
  });

  it('tells when all its connections are there, and when one is lost', async () => {
    const told: string[] = [];
    const listeners = {
      onReachable: () => told.push('up'),
      onUnreachable: (error: unknown) => told.push(String(error)),
    };
    const bus = await openBus(nats.url, { bridges: true, ...listeners });
    expect(told.splice(0)).toContain('up');
    await nats.kill();
    await expect.poll(() => told).toContain('BusError: the connection to NATS is lost');
    expect(told.splice(0)).not.toContain('up');
    expect(bus.errors).toEqual([]);
    await nats.start();
    await expect.poll(() => bus.connected).toBe(true);
    expect(told.at(-1)).toBe('up');
  });

  it('has its subscriptions and servers again after a restart of the server', async () => {
    const bus = await openBus(nats.url);
    const received: Message[] = [];
    bus.messages.subscribe('test.*', (one) => received.push(one));
    const left = bus.messages.subscribe('test.message', () => received.push(message, message));
    await bus.requests.serve('admit.served', async () => 'answer');
    left();
    await nats.kill();
    await expect.poll(() => bus.connected).toBe(false);
    expect(bus.errors).toEqual(['BusError: the connection to NATS is lost']);
    await nats.start();
    await expect.poll(() => bus.connected).toBe(true);
    bus.messages.publish(message);
    expect(await bus.requests.request('admit.served', {}, 5_000)).toBe('answer');
    await expect.poll(() => received.length).toBe(1);
  });

  it('makes a new client where the old one gave up over its credentials', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(() => directory.remove());
    const credentialsFile = join(directory.path, 'user.creds');
    const bus = await openBus(nats.url, { credentialsFile });
    const received: Message[] = [];
    const { handler, has } = inbox();
    bus.messages.subscribe('test.*', (one) => received.push(one));
    await bus.events.consume('audit', handler);
    expect(bus.errors).toEqual([expect.stringContaining('ENOENT')]);
    for (const round of [1, 2]) {
      await writeFile(credentialsFile, CREDENTIALS);
      await expect.poll(() => bus.connected).toBe(true);
      bus.messages.publish(message);
      await expect.poll(() => received.length).toBe(round);
      const event = newEvent();
      await bus.events.publish([event]);
      await expect.poll(() => has([event])).toBe(true);
      await rm(credentialsFile);
      await nats.kill();
      await nats.start();
      await expect.poll(() => bus.errors.filter((error) => error.includes('ENOENT')).length).toBe(round + 1);
      expect(bus.connected).toBe(false);
    }
  });

  it.each(['dropTowardsServer', 'dropTowardsClient'] as const)(
    'sees a half-open connection within two pings, and takes another: %s',
    async (method) => {
      const proxy = await startFaultProxy(nats);
      onTestFinished(() => proxy.close());
      const pingIntervalMs = 1_000;
      const bus = await openBus(proxy.url(nats.url), { pingIntervalMs });
      await bus.requests.serve('admit.served', async () => 'answer');
      // A timer, since what delays the pings delays it as well.
      let isLate = false;
      const late = setTimeout(() => {
        isLate = true;
      }, 2.9 * pingIntervalMs);
      onTestFinished(() => clearTimeout(late));
      proxy[method]();
      await expect.poll(() => bus.connected, { interval: 5 }).toBe(false);
      expect(isLate).toBe(false);
      await expect(bus.requests.request('admit.served', {}, 10_000)).rejects.toEqual(disconnected);
      await proxy.heal();
      await expect.poll(() => bus.connected).toBe(true);
      expect(await bus.requests.request('admit.served', {}, 5_000)).toBe('answer');
    },
  );

  it('does not know what became of a request that a stopped server has', async () => {
    const bus = await openBus(nats.url, { pingIntervalMs: 5_000 });
    await bus.requests.serve('admit.served', async () => 'answer');
    await nats.pause();
    await expect(bus.requests.request('admit.served', {}, 200)).rejects.toMatchObject({ code: 'timeout' });
    await nats.resume();
    expect(await bus.requests.request('admit.served', {}, 5_000)).toBe('answer');
  });

  it.each([
    { when: 'it is connected', lost: false },
    { when: 'it is reconnecting', lost: true },
  ])('closes within bounds when the server is stopped and $when, and leaves no socket', async ({ lost }) => {
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = sockets();
    const bus = await openBus(nats.url, { pingIntervalMs: lost ? 200 : 60_000 });
    bus.messages.subscribe('test.message', () => {});
    expect(sockets()).toBe(before + 1);
    await nats.pause();
    if (lost) await expect.poll(() => !bus.connected && sockets() === before + 1).toBe(true);
    const startedAt = performance.now();
    await bus.close();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await expect.poll(sockets).toBe(before);
  });
});
