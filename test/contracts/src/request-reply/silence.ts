import { expect } from 'vitest';
import { gate } from '../waiting.ts';
import { LONG_MS, type RequestReplyTests, uniqueSubject } from './subject.ts';

const noResponders = { name: 'BusError', code: 'no_responders' };
const timeout = { name: 'BusError', code: 'timeout' };
const SHORT_MS = 150;

export const silenceTests: RequestReplyTests = {
  'knows at once that nobody serves a subject': async ({ open }) => {
    const { requests } = await open();
    const before = performance.now();
    await expect(requests.request(uniqueSubject(), {}, LONG_MS)).rejects.toMatchObject(noResponders);
    expect(performance.now() - before).toBeLessThan(LONG_MS / 3);
  },

  'times out after the given time': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    const [entered, held] = [gate(), gate()];
    await requests.serve(subject, async () => {
      entered.open();
      await held.opened;
      return 'too late';
    });
    const before = performance.now();
    await expect(requests.request(subject, {}, SHORT_MS)).rejects.toMatchObject(timeout);
    expect(performance.now() - before).toBeGreaterThan(SHORT_MS * 0.9);
    await entered.opened;
    held.open();
    expect(await requests.request(subject, {}, LONG_MS)).toBe('too late');
  },

  'leaves a request unanswered whose handler throws': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    await requests.serve(subject, async (body) => {
      if (body === 'bad') throw new Error('this request is not served');
      return 'served';
    });
    await expect(requests.request(subject, 'bad', SHORT_MS)).rejects.toMatchObject(timeout);
    expect(await requests.request(subject, 'good', LONG_MS)).toBe('served');
  },

  'leaves a request unanswered whose handler throws before it waits': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    await requests.serve(subject, () => {
      throw new Error('this request is not served');
    });
    await expect(requests.request(subject, {}, SHORT_MS)).rejects.toMatchObject(timeout);
  },
};
