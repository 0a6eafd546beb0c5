import { expect } from 'vitest';
import { OFTEN } from '../waiting.ts';
import { type MessagesTests, message, textOf, uniquePrefix } from './subject.ts';

export const unsubscribeTests: MessagesTests = {
  'delivers nothing more after unsubscribing': async ({ open }) => {
    const { messages } = await open();
    const prefix = uniquePrefix();
    for (const pattern of [`${prefix}.a`, `${prefix}.*`]) {
      const [left, stayed]: [string[], string[]] = [[], []];
      const unsubscribe = messages.subscribe(pattern, (one) => left.push(textOf(one)));
      messages.subscribe(pattern, (one) => stayed.push(textOf(one)));
      messages.publish(message(`${prefix}.a`, '1'));
      await expect.poll(() => [left, stayed], OFTEN).toEqual([['1'], ['1']]);
      unsubscribe();
      unsubscribe();
      messages.publish(message(`${prefix}.a`, '2'));
      await expect.poll(() => stayed, OFTEN).toEqual(['1', '2']);
      expect(left).toEqual(['1']);
    }
  },

  'delivers nothing that was on its way when unsubscribing': async ({ open }) => {
    const { messages } = await open();
    const subject = uniquePrefix();
    const [left, stayed]: [string[], string[]] = [[], []];
    const unsubscribe = messages.subscribe(subject, (one) => {
      left.push(textOf(one));
      unsubscribe();
    });
    messages.subscribe(subject, (one) => stayed.push(textOf(one)));
    for (const text of ['1', '2', '3']) messages.publish(message(subject, text));
    await expect.poll(() => stayed, OFTEN).toEqual(['1', '2', '3']);
    expect(left).toEqual(['1']);
  },

  'is disconnected after close': async ({ open }) => {
    const bus = await open();
    const subject = uniquePrefix();
    const received: string[] = [];
    const unsubscribe = bus.messages.subscribe(subject, (one) => received.push(textOf(one)));
    await bus.close();
    await bus.close();
    expect(() => bus.messages.publish(message(subject))).toThrow(
      expect.objectContaining({ name: 'BusError', code: 'disconnected' }),
    );
    unsubscribe();
    expect(bus.connected).toBe(false);
    expect(received).toEqual([]);
  },
};
