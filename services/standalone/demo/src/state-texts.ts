import type { ClientReason, ClientState } from '@admit-one/client';
import type { Model } from './model.ts';

/** What the client's states are called on this page. */
export const stateLabels: Readonly<Record<ClientState, string>> = {
  idle: 'Not connected',
  authenticating: 'Asking for a ticket',
  connecting: 'Connecting',
  open: 'Open',
  waiting: 'Waiting',
  stopped: 'Stopped',
};

const reasonTexts: Readonly<Partial<Record<ClientReason, string>>> = {
  NETWORK: 'The connection broke, or nobody answered. The next attempt takes a new ticket.',
  OFFLINE: 'There is no network. The next attempt begins when it is back.',
  TIMEOUT: 'A step took too long. The next attempt takes a new ticket.',
  NOT_AUTHORIZED: 'The ticket was refused. The next attempt takes a new one.',
  RESTARTING: 'The edge is restarting. The next attempt takes a new ticket.',
  RECONNECT: 'The connection reached its planned lifetime. The next one begins at once.',
  RATE_LIMITED: 'That was too much at once. The server said how long to wait.',
  CLOSED: 'The connection was closed, and nothing begins by itself.',
  SIGNED_OUT: 'Nobody is logged in.',
  SESSION_REVOKED: 'The session was ended by the server.',
};

/** What goes on, in a sentence. */
export function statusText({ login, client: { state, reason } }: Model): string {
  switch (state) {
    case 'idle':
      return login === null
        ? 'Log in first. It takes no password: you get a session and a token of your own.'
        : 'You have a session. Connecting takes one ticket, good for thirty seconds and one connection.';
    case 'authenticating':
      return 'The session’s token buys a new ticket.';
    case 'connecting':
      return 'The ticket is presented and reserved. If the handshake fails, it is good again.';
    case 'open':
      return 'Admitted. Its ticket is spent and will never open another connection.';
    case 'waiting':
    case 'stopped':
      return (
        (reason && reasonTexts[reason]) ?? (reason === null ? '' : `The last attempt ended with ${reason}.`)
      );
    default:
      return state satisfies never;
  }
}
