import { type Bus, type Message, newId } from '@admit-one/core';
import type { ContractTests } from '../contract.ts';

export type MessagesTests = ContractTests<{ readonly open: () => Promise<Bus> }>;

/** The first tokens of subjects that no other test uses. */
export function uniquePrefix(): string {
  return `admit.contract.${newId()}`;
}

/** A message with a text for its body. */
export function message(subject: string, text = '', given: Partial<Message> = {}): Message {
  return { subject, body: Buffer.from(text), headers: {}, reply: null, ...given };
}

/** A message's body as text. */
export function textOf({ body }: Message): string {
  return Buffer.from(body).toString();
}
