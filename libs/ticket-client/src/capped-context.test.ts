import { type CommandContext, MAX_CONTEXT_TEXT, newTicket } from '@admit-one/core';
import { expect, it } from 'vitest';
import { cappedContext } from './capped-context.ts';

const context: CommandContext = {
  address: '192.0.2.1',
  origin: 'https://app.example.com',
  agent: 'Mozilla/5.0',
  route: 'chat',
  carrier: 'query',
  edge: 'edge-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

it('keeps what a browser sends', () => expect(cappedContext(context)).toEqual(context));

it.each(['origin', 'agent'] as const)('keeps no secret, no escape sequence and no flood in %s', (member) => {
  const shown = (text: string) => cappedContext({ ...context, [member]: text })[member];
  expect(shown(`a ${newTicket()}`)).toBe('a …');
  expect(shown('\u009b2J\u202e')).toBe('\\u009b2J\\u202e');
  expect(shown('é'.repeat(MAX_CONTEXT_TEXT + 1))).toHaveLength(MAX_CONTEXT_TEXT);
});
