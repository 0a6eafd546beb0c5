import { missingEngines, startNats } from '@admit-one/testkit';
import {
  DiscardPolicy,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectBare, newEvent, openBus } from '../nats-bus.fixture.ts';
import { STREAM, streamConfig } from './stream-config.ts';
import { streamDiagnostics } from './stream-diagnostics.ts';

const missing = missingEngines('nats');
const ours = streamConfig({ replicas: 3 });
const same = ours as unknown as StreamConfig;

describe('a stream that differs', () => {
  it('is found nothing wrong with where it does not', () => {
    expect(streamDiagnostics(same, ours)).toEqual([]);
  });

  it.each([
    ['error', { subjects: ['admit.event.ticket.>'] }],
    ['error', { retention: RetentionPolicy.Workqueue }],
    ['error', { storage: StorageType.Memory }],
    ['error', { discard: DiscardPolicy.Old }],
    ['warning', { max_bytes: -1 }],
    ['warning', { max_bytes: 1_000 }],
    ['error', { max_age: 1_000 }],
    ['warning', { max_age: 0 }],
    ['warning', { max_age: ours.max_age * 2 }],
    ['warning', { max_msgs: 5 }],
    ['error', { max_msgs_per_subject: 5 }],
    ['error', { max_msg_size: 1_000 }],
    ['error', { num_replicas: 1 }],
    ['warning', { num_replicas: 5 }],
    ['error', { no_ack: true }],
    ['error', { sealed: true }],
    ['warning', { deny_delete: false }],
    ['error', { deny_purge: true }],
  ] as const)('is a %s with %j', (level, difference) => {
    const diagnostics = streamDiagnostics({ ...same, ...difference } as StreamConfig, ours);
    expect(diagnostics).toEqual([{ level, message: expect.any(String), remedy: expect.any(String) }]);
    const [member, value] = Object.entries(difference)[0] ?? [];
    expect(diagnostics[0]?.message).toContain(`${member} ${value}`);
  });
});

describe.skipIf(missing)(`a stream that was there${missing ? `, skipped: ${missing}` : ''}`, () => {
  it('is used as it is, and what differs is told', async () => {
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    const { streams } = await jetstreamManager(await connectBare(nats.url));
    const { config } = await streams.add({ name: STREAM, subjects: ['admit.event.>'], max_bytes: 2 ** 30 });
    const bus = await openBus(nats.url);
    expect(bus.diagnostics).toEqual(
      (
        [
          ['error', 'discard old in place of new'],
          ['warning', 'max_age 0'],
          ['warning', 'deny_delete false'],
        ] as const
      ).map(([level, text]) => ({
        level,
        message: expect.stringContaining(`stream ADMIT has ${text}`),
        remedy: expect.stringContaining('nats stream edit ADMIT'),
      })),
    );
    expect(bus.errors).toEqual([]);
    await bus.events.publish([newEvent()]);
    const now = await streams.info(STREAM);
    expect(now.config).toEqual(config);
    expect(now.state.messages).toBe(1);
  });

  it('is what events go to, and not another that listens to their subjects', async () => {
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    const { streams } = await jetstreamManager(await connectBare(nats.url));
    await streams.add({ name: 'OTHER', subjects: ['admit.event.>'] });
    const bus = await openBus(nats.url);
    await expect(bus.events.publish([newEvent()])).rejects.toMatchObject({ name: 'BusError' });
    expect((await streams.info('OTHER')).state.messages).toBe(0);
  });
});
