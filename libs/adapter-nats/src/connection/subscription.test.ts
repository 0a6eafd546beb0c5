import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type ConnectionOptions, openConnection } from './reconnecting-connection.ts';
import { connectionOptions } from './settings.ts';
import { subscribe } from './subscription.ts';

const missing = missingEngines('nats');
const DENIED = 'test.denied';

describe.skipIf(missing)(`a subscription that NATS denies${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeEach(async () => {
    const permissions = { publish: '>', subscribe: 'test.other' };
    const users = [{ user: 'test', password: 'test', permissions }];
    nats = await startNats({ config: { authorization: { users } } });
  });
  afterEach(() => nats.stop());

  async function replaceInConfig(text: string, by: string): Promise<void> {
    const file = join(nats.folder, 'nats.conf');
    await writeFile(file, (await readFile(file, 'utf8')).replace(text, by));
  }

  async function reload(from: string, to: string): Promise<void> {
    await replaceInConfig(from, to);
    process.kill(nats.pid, 'SIGHUP');
  }

  async function open(options: Partial<ConnectionOptions> = {}) {
    const errors: string[] = [];
    const onError = (error: unknown) => void errors.push(String(error));
    const connection = await openConnection({
      connection: connectionOptions({ url: nats.url.replace('//', '//test:test@'), name: 'test' }),
      ...{ onError, onUnreachable: () => {}, onReachable: () => {}, ...options },
    });
    onTestFinished(() => connection.close());
    /** Collects the messages to the subject. */
    function listen(subject: string, queue?: string) {
      const received: string[] = [];
      const deliver = (message: { string(): string }) => received.push(message.string());
      const options = { connection, subject, deliver, onError, ...(queue === undefined ? {} : { queue }) };
      return { received, ...subscribe(options) };
    }
    const publish = (subject: string, text: string) => connection.live().nc.publish(subject, text);
    return { connection, errors, listen, publish };
  }

  const violations = (subject: string) =>
    expect.stringContaining(`Violation for Subscription to "${subject}"`);

  it.each([undefined, 'queue'])(
    'is subscribed again until the permission is given, once, unless it has ended: %s',
    async (queue) => {
      const { errors, listen, publish } = await open({ resubscribeMs: 50 });
      const [denied, ended, sign] = [listen(DENIED, queue), listen(DENIED), listen('test.other')];
      await expect.poll(() => errors).toContainEqual(violations(DENIED));
      ended.unsubscribe();
      await reload('test.other', 'test.*');
      await expect
        .poll(() => {
          publish(DENIED, 'text');
          return denied.received.length;
        })
        .toBeGreaterThan(0);
      publish(DENIED, 'last');
      publish('test.other', 'after it');
      await expect.poll(() => sign.received).toEqual(['after it']);
      expect(denied.received.filter((text) => text === 'last')).toHaveLength(1);
      expect(ended.received).toEqual([]);
    },
  );

  it.each([undefined, 'queue'])('is there again after a reconnect: %s', async (queue) => {
    const { connection, errors, listen, publish } = await open();
    const denied = listen(DENIED, queue);
    await expect.poll(() => errors).toContainEqual(violations(DENIED));
    await nats.kill();
    await expect.poll(() => connection.connected).toBe(false);
    await replaceInConfig('test.other', 'test.*');
    await nats.start();
    await expect.poll(() => connection.connected).toBe(true);
    await expect
      .poll(() => {
        publish(DENIED, 'text');
        return denied.received.length;
      })
      .toBeGreaterThan(0);
  });

  it.each([undefined, 'queue'])(
    'is subscribed again where the permission was taken and is given back, and ends: %s',
    async (queue) => {
      const { connection, errors, listen, publish } = await open({ resubscribeMs: 50 });
      const taken = listen('test.other', queue);
      await reload('test.other', 'test.none');
      await expect.poll(() => errors).toContainEqual(violations('test.other'));
      await reload('test.none', 'test.*');
      const sign = listen('test.sign');
      await expect
        .poll(() => {
          publish('test.other', 'text');
          return taken.received.length;
        })
        .toBeGreaterThan(0);
      publish('test.other', 'last');
      await expect
        .poll(() => {
          publish('test.sign', 'after it');
          return sign.received;
        })
        .toContain('after it');
      expect(taken.received.filter((text) => text === 'last')).toHaveLength(1);
      await nats.kill();
      await expect.poll(() => connection.connected).toBe(false);
      await nats.start();
      await expect.poll(() => connection.connected).toBe(true);
      taken.unsubscribe();
      publish('test.other', 'after the end');
      publish('test.sign', 'after that');
      await expect.poll(() => sign.received).toContain('after that');
      expect(taken.received).not.toContain('after the end');
    },
  );
});
