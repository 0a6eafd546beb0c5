import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNatsRequests } from './open-nats-requests.ts';

const missing = missingEngines('nats');
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;

/** What the README of the gate tells operators to allow. */
const permissions = { publish: ['admit.ticket.*'], subscribe: ['_INBOX.gate.>'] };

/** What a user may subscribe to who gets no reply. */
const DENIED = '_INBOX.nobody.>';

describe.skipIf(missing)(`requests without a stream${skipped}`, () => {
  let nats: NatsEngine;

  beforeAll(async () => {
    nats = await startNats({
      config: {
        authorization: {
          users: [
            { user: 'service', password: 's' },
            { user: 'gate', password: 'g', permissions },
            { user: 'deaf', password: 'd', permissions: { ...permissions, subscribe: [DENIED] } },
          ],
        },
      },
    });
  });
  afterAll(() => nats.stop());

  async function open(credentials: string) {
    const errors: unknown[] = [];
    const url = nats.url.replace('nats://', `nats://${credentials}@`);
    const bus = await openNatsRequests({ url, name: 'test', onError: (error) => errors.push(error) });
    return { ...bus, errors, connected: () => bus.connected };
  }

  it('need no more rights than to ask', async () => {
    const [service, gate] = await Promise.all([open('service:s'), open('gate:g')]);
    await service.requests.serve('admit.ticket.time', async () => ({ now: 1 }));
    expect(
      await eventually(() => gate.requests.request('admit.ticket.time', {}, 500), { what: 'a reply' }),
    ).toEqual({ now: 1 });
    expect(gate.connected()).toBe(true);
    expect(gate.errors).toEqual([]);
    await Promise.all([gate.close(), service.close()]);
    expect(gate.connected()).toBe(false);
    await expect(gate.requests.request('admit.ticket.time', {}, 500)).rejects.toMatchObject({
      code: 'disconnected',
    });
  });

  it('may ask for nothing else', async () => {
    const gate = await open('gate:g');
    await expect(gate.requests.request('admit.event.forged', {}, 600_000)).rejects.toMatchObject({
      code: 'no_responders',
    });
    await eventually(() => gate.errors.length > 0, { what: 'the violation' });
    await gate.close();
  });

  it('go on where the user may have replies at last', async () => {
    const [service, gate] = await Promise.all([open('service:s'), open('deaf:d')]);
    await service.requests.serve('admit.ticket.time', async () => ({ now: 1 }));
    const ask = (timeoutMs: number) => gate.requests.request('admit.ticket.time', {}, timeoutMs);
    await expect(ask(600_000)).rejects.toMatchObject({ code: 'no_responders' });
    const file = join(nats.folder, 'nats.conf');
    await writeFile(file, (await readFile(file, 'utf8')).replace(DENIED, '_INBOX.deaf.>'));
    process.kill(nats.pid, 'SIGHUP');
    expect(await eventually(() => ask(500), { what: 'a reply' })).toEqual({ now: 1 });
    await Promise.all([gate.close(), service.close()]);
  });
});
