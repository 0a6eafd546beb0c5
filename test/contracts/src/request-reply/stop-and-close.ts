import { expect } from 'vitest';
import { gate, OFTEN, settling } from '../waiting.ts';
import { LONG_MS, type RequestReplyTests, uniqueSubject } from './subject.ts';

export const stopTests: RequestReplyTests = {
  'answers what is in hand before it stops': async ({ open }) => {
    const { requests } = await open();
    const [subject, other] = [uniqueSubject(), uniqueSubject()];
    const [entered, held] = [gate(), gate()];
    await requests.serve(other, async () => 'other');
    const running = await requests.serve(subject, async () => {
      entered.open();
      await held.opened;
      return 'answered';
    });
    const answer = requests.request(subject, {}, LONG_MS);
    await entered.opened;
    const stopping = running.stop();
    const watch = settling(stopping);
    expect(await requests.request(other, {}, LONG_MS)).toBe('other');
    expect(watch.settled).toBe(false);
    held.open();
    await stopping;
    expect(await answer).toBe('answered');
  },

  'has no responders after a stop': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    const running = await requests.serve(subject, async () => 'served');
    expect(await requests.request(subject, {}, LONG_MS)).toBe('served');
    await running.stop();
    await running.stop();
    await expect
      .poll(() => requests.request(subject, {}, 500).catch((error: unknown) => error), OFTEN)
      .toMatchObject({ name: 'BusError', code: 'no_responders' });
  },

  'leaves the subject to the other servers after a stop': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    const running = await requests.serve(subject, async () => 'stopped');
    await requests.serve(subject, async () => 'running');
    await running.stop();
    for (let n = 0; n < 10; n += 1) expect(await requests.request(subject, n, LONG_MS)).toBe('running');
  },

  'is disconnected after close': async ({ open }) => {
    const bus = await open();
    const subject = uniqueSubject();
    await bus.requests.serve(subject, async () => 'served');
    await bus.close();
    const disconnected = { name: 'BusError', code: 'disconnected' };
    await expect(bus.requests.request(subject, {}, LONG_MS)).rejects.toMatchObject(disconnected);
    await expect(bus.requests.serve(subject, async () => 'served')).rejects.toMatchObject(disconnected);
  },
};
