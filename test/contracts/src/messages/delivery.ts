import { randomBytes } from 'node:crypto';
import type { Message } from '@admit-one/core';
import { expect } from 'vitest';
import { OFTEN } from '../waiting.ts';
import { type MessagesTests, message, textOf, uniquePrefix } from './subject.ts';

export const deliveryTests: MessagesTests = {
  'delivers a message whole': async ({ open }) => {
    const { messages } = await open();
    const subject = uniquePrefix();
    const headers = { 'Admit-Session': 'session', 'admit-user': 'a b;c=d:e', 'Content-Type': 'text/plain' };
    const sent: readonly Message[] = [
      message(subject, 'text', { headers, reply: `${subject}.reply` }),
      message(subject, 'no headers, no reply'),
      message(subject, ''),
      message(subject, '', { headers: { only: 'headers' } }),
      message(subject, '', { body: Uint8Array.from({ length: 256 }, (_, byte) => byte) }),
      message(subject, '', { body: randomBytes(100_000) }),
    ];
    const received: Message[] = [];
    messages.subscribe(subject, (one) => received.push(one));
    for (const one of sent) messages.publish(one);
    await expect.poll(() => received.length, OFTEN).toBe(sent.length);
    const comparable = ({ body, ...rest }: Message) => ({ ...rest, body: Buffer.from(body).toString('hex') });
    expect(received.map(comparable)).toEqual(sent.map(comparable));
  },

  'sends nothing to the reply subject of a message to which nobody has subscribed': async ({ open }) => {
    const { messages } = await open();
    const prefix = uniquePrefix();
    const received: string[] = [];
    messages.subscribe(`${prefix}.reply`, (one) => received.push(textOf(one)));
    messages.publish(message(`${prefix}.nobody`, 'question', { reply: `${prefix}.reply` }));
    messages.publish(message(`${prefix}.reply`, 'later'));
    await expect.poll(() => received, OFTEN).not.toEqual([]);
    expect(received).toEqual(['later']);
  },

  'keeps the order of a subject': async ({ open }) => {
    const { messages } = await open();
    const subject = uniquePrefix();
    const received: string[] = [];
    messages.subscribe(subject, (one) => received.push(textOf(one)));
    const sent = Array.from({ length: 500 }, (_, n) => String(n));
    for (const text of sent) messages.publish(message(subject, text));
    await expect.poll(() => received.length, OFTEN).toBe(sent.length);
    expect(received).toEqual(sent);
  },

  'gives every subscriber each message once': async ({ open }) => {
    const { messages } = await open();
    const prefix = uniquePrefix();
    const received: Record<string, string[]> = { exact: [], twin: [], wild: [] };
    messages.subscribe(`${prefix}.a`, (one) => received.exact?.push(textOf(one)));
    messages.subscribe(`${prefix}.a`, (one) => received.twin?.push(textOf(one)));
    messages.subscribe(`${prefix}.*`, (one) => received.wild?.push(textOf(one)));
    for (const text of ['1', '2']) messages.publish(message(`${prefix}.a`, text));
    const all = ['1', '2'];
    await expect.poll(() => received, OFTEN).toEqual({ exact: all, twin: all, wild: all });
  },

  'never calls a handler from within publish': async ({ open }) => {
    const { messages } = await open();
    const subject = uniquePrefix();
    const calls: { insidePublish: boolean }[] = [];
    let publishing = false;
    messages.subscribe(subject, (one) => {
      calls.push({ insidePublish: publishing });
      if (textOf(one) === 'first') publish('second');
    });
    const publish = (text: string) => {
      publishing = true;
      messages.publish(message(subject, text));
      publishing = false;
    };
    publish('first');
    await expect.poll(() => calls, OFTEN).toEqual([{ insidePublish: false }, { insidePublish: false }]);
  },

  'answers go to the reply subject': async ({ open }) => {
    const { messages } = await open();
    const subject = uniquePrefix();
    const answers: string[] = [];
    messages.subscribe(`${subject}.reply`, (one) => answers.push(textOf(one)));
    messages.subscribe(subject, (one) => {
      if (one.reply) messages.publish(message(one.reply, `${textOf(one)} answered`));
    });
    messages.publish(message(subject, 'question', { reply: `${subject}.reply` }));
    await expect.poll(() => answers, OFTEN).toEqual(['question answered']);
  },

  'loses a message whose handler throws, and no other': async ({ open }) => {
    const { messages } = await open();
    const subject = uniquePrefix();
    const [thrower, other]: [string[], string[]] = [[], []];
    messages.subscribe(subject, (one) => {
      if (textOf(one) === 'bad') throw new Error('this message is not taken');
      thrower.push(textOf(one));
    });
    messages.subscribe(subject, (one) => other.push(textOf(one)));
    for (const text of ['1', 'bad', '2']) messages.publish(message(subject, text));
    await expect
      .poll(() => [thrower, other], OFTEN)
      .toEqual([
        ['1', '2'],
        ['1', 'bad', '2'],
      ]);
  },

  'drops a message that nobody subscribed to': async ({ open }) => {
    const { messages } = await open();
    const prefix = uniquePrefix();
    const received: string[] = [];
    messages.publish(message(`${prefix}.early`, 'before the subscription'));
    messages.subscribe(`${prefix}.>`, (one) => received.push(textOf(one)));
    messages.publish(message(`${prefix}.late`, 'after it'));
    await expect.poll(() => received, OFTEN).toEqual(['after it']);
  },
};
