import { handshakeVariables, listVariable } from '@admit-one/runtime';
import { Type } from 'typebox';
import { routeKinds } from './parse-routes.ts';

/** The variables of the ws-edge, besides those that every process has and `FRONTEND_ORIGINS`. */
export const edgeVariables = {
  ...handshakeVariables,
  ROUTES: listVariable({
    default: 'default=bridge',
    description: `The routes, as \`name=kind\`; \`/ws\` alone is the one named \`default\`. Kinds: ${Object.keys(routeKinds).join(', ')}.`,
    examples: ['default=bridge,chat=bridge,try=echo'],
  }),
  HEARTBEAT_SECONDS: Type.Number({
    minimum: 1,
    maximum: 3600,
    default: 25,
    description:
      'Time between pings, below the idle limit of every proxy on the way; a missed pong ends the connection.',
  }),
  CONNECTION_LIFETIME_SECONDS: Type.Number({
    minimum: 10,
    maximum: 604_800,
    default: 3600,
    description:
      'Connections are closed by plan before this age, at 90 to 100 % of it, so that a load balancer never cuts them.',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 1,
    default: 10_000,
    description: 'Connections that one instance holds; each takes a file descriptor.',
  }),
  MAX_HANDSHAKES: Type.Integer({
    minimum: 1,
    default: 1000,
    description: 'Handshakes that may wait for the ticket-service at once.',
  }),
  MAX_MESSAGE_BYTES: Type.Integer({
    minimum: 1,
    maximum: 16_777_216,
    default: 65_536,
    description: 'The largest message that a client may send, in bytes.',
  }),
  MAX_BUFFERED_BYTES: Type.Integer({
    minimum: 1,
    default: 1_048_576,
    description: 'Bytes that may wait for a client that reads slowly, before its connection is closed.',
  }),
  DRAIN_SECONDS: Type.Number({
    minimum: 0,
    maximum: 3600,
    default: 10,
    description: 'Over how long the connections are closed at a stop; 0 closes all at once.',
  }),
};
