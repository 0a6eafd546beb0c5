import type { Diagnostic } from '@admit-one/core';
import { asRole, missingEngines, type NatsEngine, startNats, startNatsWithRoles } from '@admit-one/testkit';
import { AckPolicy, jetstreamManager, type StreamAPI, type StreamInfo } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CONTENT_ENCODING, compressBody, DEFLATE } from '../events/body-encoding.ts';
import { connectBare, inbox, newEvent, noise, openBus } from '../nats-bus.fixture.ts';
import { inspectNats, payloadDiagnostics } from './inspect-nats.ts';
import { versionDiagnostic } from './server-version.ts';
import { roomDiagnostics } from './stream-room.ts';

const missing = missingEngines('nats');

describe('the version of a server', () => {
  it.each([
    ['2.11.16', 'ok'],
    ['2.11.17', 'ok'],
    ['2.12.7', 'ok'],
    ['2.14.0', 'ok'],
    ['2.15.1-beta', 'ok'],
    ['3.0.0', 'ok'],
    ['2.11.15', 'warning'],
    ['2.12.6', 'warning'],
    ['2.10.29', 'warning'],
    ['2.9.10', 'warning'],
    ['unknown', 'warning'],
  ] as const)('%s: %s', (version, level) => {
    expect(versionDiagnostic(version).level).toBe(level);
  });

  it('tells of events that a full stream may drop, where it may', () => {
    expect(versionDiagnostic('2.10.4').message).toContain('drop');
    expect(versionDiagnostic('2.10.5').message).not.toContain('drop');
  });
});

describe('the largest message that a server takes', () => {
  it.each([
    [1_048_576, []],
    [262_144, []],
    [262_143, ['warning']],
    [32_768, ['warning']],
    [32_767, ['error']],
    [1_024, ['error']],
  ] as const)('%i: %j', (bytes, levels) => {
    expect(payloadDiagnostics(bytes).map(({ level }) => level)).toEqual(levels);
  });
});

describe('the room in a stream', () => {
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
  const info = (bytes: number, seconds: number, max_bytes = 1_000_000_000) =>
    ({
      config: { max_bytes },
      state: { bytes, messages: 1_000, first_ts: at(0), last_ts: at(seconds) },
    }) as StreamInfo;
  /** Holds batches of two events of every type, of 200 bytes each when they are compressed. */
  const streams = {
    async getMessage() {
      const header = headers();
      header.set(CONTENT_ENCODING, DEFLATE);
      return { header, data: compressBody(Buffer.from(JSON.stringify([noise(200), noise(200)]))) };
    },
  } as unknown as StreamAPI;
  const none = { getMessage: async () => null } as unknown as StreamAPI;
  const messages = async (...given: Parameters<typeof roomDiagnostics>) =>
    (await roomDiagnostics(...given)).map(({ level, message }) => `${level}: ${message}`);

  it('is told in admissions, as measured, and in hours without the audit-service', async () => {
    const [admissions, outage] = await messages(streams, info(36_000_000, 3_600));
    expect(admissions).toMatch(
      /^ok: an admission takes 1[12]\d\d bytes of ADMIT: 8\d{5} fit .* a week at 1\.\d per/,
    );
    expect(outage).toMatch(/^ok: at the 10000 bytes per second .* of 27 hours fits$/);
  });

  it('is a warning where few hours fit', async () => {
    expect((await messages(streams, info(360_000_000, 3_600)))[1]).toMatch(
      /^warning: .* of 1\.8 hours fits$/,
    );
  });

  it('is told in plain numbers, however large', async () => {
    const [admissions, outage] = await messages(none, info(1_250_000, 3_600, 10e12));
    expect(admissions).toContain('a week at 8267 per second');
    expect(outage).toMatch(/ of 7999999 hours fits$/);
    expect((await messages(none, info(1_280_000, 3_600)))[1]).toMatch(/ of 780 hours fits$/);
  });

  it('is told by what an admission usually takes, and without a rate, where nothing can be measured', async () => {
    expect(await messages(none, info(1_000, 59))).toEqual([
      'ok: an admission usually takes 2000 bytes of ADMIT: 500000 fit while the audit-service is away, a week at 0.83 per second',
    ]);
  });
});

describe.skipIf(missing)(`an inspection of NATS${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeEach(async () => {
    nats = await startNats();
  });
  afterEach(() => nats.stop());

  const inspect = (url = nats.url) => inspectNats({ url, name: 'doctor' });
  const diagnostic = (level: Diagnostic['level'], message: string) =>
    expect.objectContaining({ level, message: expect.stringContaining(message) });

  it('finds the stream, its consumers and the clock as they should be', async () => {
    const bus = await openBus(nats.url);
    const { handler, has } = inbox();
    const event = newEvent();
    await bus.events.consume('audit', handler);
    await bus.events.publish([event]);
    await expect.poll(() => has([event])).toBe(true);
    const diagnostics = await inspect();
    expect(diagnostics).toContainEqual(diagnostic('ok', `NATS at 127.0.0.1:${nats.port} is in reach`));
    expect(diagnostics).toContainEqual(diagnostic('warning', 'nats-server 2.'));
    expect(diagnostics).toContainEqual(diagnostic('ok', 'stream ADMIT holds 1 batches and is 0 % full'));
    expect(diagnostics).toContainEqual(diagnostic('ok', 'an admission usually takes 2000 bytes'));
    expect(diagnostics).toContainEqual(diagnostic('ok', 'the clock of NATS is'));
    expect(diagnostics).toContainEqual(diagnostic('warning', 'synced to disk cannot be seen'));
    await expect
      .poll(() => inspect())
      .toContainEqual(diagnostic('ok', 'consumer audit has 0 batches before it'));
    const { consumers } = await jetstreamManager(await connectBare(nats.url));
    expect((await consumers.list('ADMIT').next()).map(({ name }) => name)).toEqual(['audit']);
  });

  it('finds a consumer that nobody consumes, one that parks events, and a stream that is filling', async () => {
    const bus = await openBus(nats.url, { stream: { maxBytes: 20_000 } });
    const { consumers } = await jetstreamManager(await connectBare(nats.url));
    await consumers.add('ADMIT', { durable_name: 'audit', ack_policy: AckPolicy.Explicit, max_deliver: 3 });
    await bus.events.publish([newEvent({ text: noise(15_000) })]);
    const diagnostics = await inspect();
    expect(diagnostics).toContainEqual(
      diagnostic('warning', '1 batches before it and 0 in hand, and has no consumer'),
    );
    expect(diagnostics).toContainEqual(
      diagnostic('error', 'consumer audit of stream ADMIT has max_deliver 3'),
    );
    expect(diagnostics).toContainEqual(diagnostic('warning', 'holds 1 batches and is 7'));
    expect(diagnostics).toContainEqual(diagnostic('warning', 'has max_bytes 20000'));
  });

  it('finds that there is no stream yet', async () => {
    expect(await inspect()).toContainEqual(diagnostic('warning', 'there is no stream ADMIT'));
  });

  it('finds JetStream off', async () => {
    const account = { users: [{ user: 'user', password: 'password' }] };
    const off = await startNats({ config: { accounts: { A: account } } });
    onTestFinished(() => off.stop());
    const diagnostics = await inspect(off.url.replace('//', '//user:password@'));
    expect(diagnostics.at(-1)).toEqual(diagnostic('error', 'JetStream'));
  });

  it('finds NATS out of reach, and says no password', async () => {
    await nats.kill();
    const diagnostics = await inspect(nats.url.replace('//', '//user:s3cret@'));
    expect(diagnostics).toEqual([
      diagnostic('error', `NATS at 127.0.0.1:${nats.port} cannot be connected to`),
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('s3cret');
  });
});

describe.skipIf(missing)(`the permissions of a user of NATS${missing ? `, skipped: ${missing}` : ''}`, () => {
  const services = ['ticket-service', 'ws-edge', 'audit-service'] as const;
  const about = (diagnostics: readonly Diagnostic[]) =>
    diagnostics.filter(({ message }) => message.startsWith('the user of NATS'));

  it.each(services)('are enough for %s in deploy/nats/nats.conf, and no more', async (role) => {
    const nats = await startNatsWithRoles();
    onTestFinished(() => nats.stop());
    await openBus(asRole(nats.url, 'ticket-service'));
    const diagnostics = await inspectNats({ url: asRole(nats.url, role), name: 'doctor', services: [role] });
    expect(about(diagnostics)).toMatchObject([{ level: 'ok' }]);
    expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('the consumers of ADMIT cannot be seen') }),
    );
  });

  it('are too many where everybody may do everything, and nothing is stored by the check', async () => {
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    await openBus(nats.url);
    const [found] = about(await inspectNats({ url: nats.url, name: 'doctor', services: ['ws-edge'] }));
    expect(found).toMatchObject({ level: 'warning', remedy: expect.stringContaining('nats.conf') });
    for (const text of [
      '_INBOX.>',
      'publish admit.event.ticket.*',
      'subscribe admit.ticket.*',
      'STREAM.DELETE',
    ])
      expect(found?.message).toContain(text);
    for (const text of ['admit.event.connection', 'publish admit.ticket', 'subscribe admit.ws.out'])
      expect(found?.message).not.toContain(text);
    const { streams } = await jetstreamManager(await connectBare(nats.url));
    expect((await streams.info('ADMIT')).state.messages).toBe(0);
  });

  it('are those of all services, where they share a user', async () => {
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    const [found] = about(await inspectNats({ url: nats.url, name: 'doctor', services }));
    expect(found?.message).toContain('subscribe _INBOX.>');
    expect(found?.message).not.toContain('admit.event.ticket');
  });
});
