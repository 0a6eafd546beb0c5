import { Type } from 'typebox';
import { listVariable } from './read-variables.ts';

/** What every process is told that takes tickets from clients. */
export const handshakeVariables = {
  REQUIRE_ORIGIN: Type.Boolean({
    default: false,
    description:
      'Whether clients that send no `Origin` are refused. Browsers always send it, others seldom do.',
  }),
  TICKET_CARRIERS: listVariable({
    default: 'subprotocol,query',
    description: 'Where tickets may be presented: subprotocol, query.',
    examples: ['subprotocol'],
  }),
};
