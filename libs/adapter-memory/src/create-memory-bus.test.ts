import { eventStreamContract, messagesContract, requestReplyContract } from '@admit-one/port-contracts';
import { describe, expect, it } from 'vitest';
import { createMemoryBus } from './create-memory-bus.ts';

const onError = () => {};

eventStreamContract('memory', {
  open: async (options) => createMemoryBus({ onError, ...(options && { maxStreamBytes: options.maxBytes }) }),
});
requestReplyContract('memory', { open: async () => createMemoryBus({ onError }) });
messagesContract('memory', { open: async () => createMemoryBus({ onError }) });

describe('a bus in memory', () => {
  it('tells what handlers throw', async () => {
    const errors: unknown[] = [];
    const bus = createMemoryBus({ onError: (error) => errors.push(error) });
    bus.messages.subscribe('subject', () => {
      throw 'of a message';
    });
    await bus.requests.serve('subject', async () => {
      throw 'of a request';
    });
    bus.messages.publish({ subject: 'subject', body: new Uint8Array(), headers: {}, reply: null });
    await expect(bus.requests.request('subject', {}, 20)).rejects.toMatchObject({ code: 'timeout' });
    expect([...errors].sort()).toEqual(['of a message', 'of a request']);
    await bus.close();
  });

  it('lets the servers of a subject take turns', async () => {
    const bus = createMemoryBus({ onError });
    for (const server of ['a', 'b', 'c']) await bus.requests.serve('subject', async () => server);
    const answers: unknown[] = [];
    for (let n = 0; n < 6; n += 1) answers.push(await bus.requests.request('subject', {}, 2_000));
    expect(answers).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    await bus.close();
  });

  it('delivers what the publisher had when it published', async () => {
    const bus = createMemoryBus({ onError });
    const received: string[] = [];
    bus.messages.subscribe('subject', ({ body }) => received.push(Buffer.from(body).toString()));
    const body = Buffer.from('before');
    bus.messages.publish({ subject: 'subject', body, headers: {}, reply: null });
    body.fill(0);
    await expect.poll(() => received).toEqual(['before']);
    await bus.close();
  });
});
