import { expect, it } from 'vitest';
import { chooseProtocol } from './choose-protocol.ts';

it.each([
  [['admit.v1', 'chat'], ['chat'], 'admit.v1'],
  [['other', 'chat.v2', 'chat'], ['chat', 'chat.v2'], 'chat.v2'],
  [['other'], ['chat'], undefined],
  [[], ['chat'], undefined],
  [['ticket.x', 'Ticket.y', 'jwt.z'], ['ticket.x', 'Ticket.y', 'jwt.z'], undefined],
])('of %j, a route that speaks %j answers %j', (offered, spoken, expected) => {
  expect(chooseProtocol(offered, spoken)).toBe(expected);
});
