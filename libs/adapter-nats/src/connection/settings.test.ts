import { missingEngines, startNats } from '@admit-one/testkit';
import { nkeys } from '@nats-io/nats-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBus } from '../nats-bus.fixture.ts';
import { connectionOptions, serversOf } from './settings.ts';

const missing = missingEngines('nats');

describe('the URL of NATS', () => {
  const options = (url: string) => connectionOptions({ url, name: 'test' });

  it('may name a cluster, and who connects to it', () => {
    const url = 'nats://us%40er:p%3Ass@one:4222, nats://two:4223,nats://[::1]:4224';
    expect(options(url)).toMatchObject({
      servers: ['one:4222', 'two:4223', '[::1]:4224'],
      user: 'us@er',
      pass: 'p:ss',
    });
    expect(serversOf(url)).toBe('one:4222, two:4223, [::1]:4224');
  });

  it('may carry a token', () => {
    expect(options('nats://t0ken@one:4222')).toMatchObject({ servers: ['one:4222'], token: 't0ken' });
  });

  it.each([
    [{ url: 'nats://gate:secret@one:4222', name: 'chat', role: 'ws-edge' }, '_INBOX.gate'],
    [{ url: 'nats://a%2Eb%20%3E:secret@one:4222', name: 'chat' }, '_INBOX.a-b--'],
    [{ url: 'nats://t0ken@one:4222', name: 'chat' }, '_INBOX.chat'],
    [{ url: 'nats://one:4222', name: 'ws-edge-1a2b', role: 'ws-edge' }, '_INBOX.ws-edge'],
  ])('gives inboxes their prefix: %j', (settings, prefix) => {
    expect(connectionOptions(settings).inboxPrefix).toBe(prefix);
  });

  it('asks for TLS with tls://, and takes what the server has to offer with nats://', () => {
    expect(options('tls://one:4222').tls).toEqual({});
    expect(options('nats://one:4222')).not.toHaveProperty('tls');
  });

  it.each(['', 'one:4222', 'http://one:4222', 'nats://', 'nats://one:4222,'])(
    'is rejected as "%s"',
    (url) => {
      expect(() => options(url)).toThrow(TypeError);
    },
  );
});

describe.skipIf(missing)(`credentials${missing ? `, skipped: ${missing}` : ''}`, () => {
  const seed = nkeys.createUser();
  const users = [{ user: 'user', password: '1:2' }, { nkey: seed.getPublicKey() }];

  async function startGuarded() {
    const nats = await startNats({ config: { authorization: { users } } });
    onTestFinished(() => nats.stop());
    return nats;
  }

  it('are those of the URL', async () => {
    const nats = await startGuarded();
    const bus = await openBus(nats.url.replace('//', '//user:1%3A2@'));
    expect(bus.connected).toBe(true);
  });

  it('are those of an nkey', async () => {
    const nats = await startGuarded();
    const bus = await openBus(nats.url, { nkeySeed: Buffer.from(seed.getSeed()).toString() });
    expect(bus.connected).toBe(true);
  });

  it('are tried again when they are rejected, and the rejection is reported once', async () => {
    const nats = await startGuarded();
    const bus = await openBus(nats.url.replace('//', '//user:wrong@'));
    expect(bus.connected).toBe(false);
    expect(bus.errors).toEqual([expect.stringContaining('Authorization Violation')]);
  });
});
