import { expect, it } from 'vitest';
import { chooseProtocol, protocolOfRejection } from './choose-protocol.ts';
import { withoutSecrets } from './offered-protocols.ts';

it.each([
  [['admit.v1', 'chat'], [], 'admit.v1'],
  [['admit.v1', 'chat'], ['chat'], 'chat'],
  [['other', 'chat.v2', 'chat'], ['chat', 'chat.v2'], 'chat.v2'],
  [['other', 'admit.v1'], ['chat'], 'admit.v1'],
  [['other'], ['chat'], undefined],
  [[], ['chat'], undefined],
  [['ticket.x', 'Ticket.y', 'jwt.z'], ['ticket.x', 'Ticket.y', 'jwt.z'], undefined],
])('of %j, an application that speaks %j answers %j', (offered, spoken, expected) => {
  expect(chooseProtocol(offered, spoken)).toBe(expected);
});

it.each([
  [['chat', 'admit.v1', 'ticket.x'], 'admit.v1'],
  [['ticket.x', 'chat', 'other'], 'chat'],
  [['ticket.x'], undefined],
])('of %j, a rejection answers %j', (offered, expected) => {
  expect(protocolOfRejection(offered)).toBe(expected);
});

it('drops credentials', () => {
  expect(withoutSecrets(['ticket.x', 'a', 'JWT.y', 'b'])).toEqual(['a', 'b']);
});
