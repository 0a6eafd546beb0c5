import type { ClientReason } from '@admit-one/client';
import type { Model, Phase } from './model.ts';

export const phaseLabels: Readonly<Record<Phase, string>> = {
  idle: 'Not connected',
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  disconnected: 'Disconnected',
};

const reasonTexts: Readonly<Partial<Record<ClientReason, string>>> = {
  NETWORK: 'The connection was lost, or the server did not respond. The next attempt uses a new ticket.',
  OFFLINE: 'There is no network. The next attempt starts when it is back.',
  TIMEOUT: 'A step took too long. The next attempt uses a new ticket.',
  NOT_AUTHORIZED: 'The ticket was rejected. The next attempt uses a new one.',
  RESTARTING: 'The edge is restarting. The next attempt uses a new ticket.',
  RECONNECT: 'The connection reached its maximum lifetime. The client reconnects.',
  RATE_LIMITED: 'Too many requests. The client waits as long as the server asked for.',
  CLOSED: 'The connection was closed. Press Connect to open a new one.',
  SIGNED_OUT: 'Nobody is logged in.',
  SESSION_REVOKED: 'The server revoked the session.',
};

/** The status in one sentence. */
export function statusText({ login, client: { state, reason } }: Model): string {
  switch (state) {
    case 'idle':
      return login === null
        ? 'Log in first. You get an anonymous session and its token, without a password.'
        : 'You have a session. Connect uses one ticket, valid for 30 seconds and one connection.';
    case 'authenticating':
      return 'The page requests a ticket with the session’s token.';
    case 'connecting':
      return 'The ticket is reserved for this handshake. If the handshake fails, it is valid again.';
    case 'open':
      return 'Admitted. The ticket is consumed and cannot open another connection.';
    case 'waiting':
    case 'stopped':
      return (
        (reason && reasonTexts[reason]) ?? (reason === null ? '' : `The last attempt ended with ${reason}.`)
      );
    default:
      return state satisfies never;
  }
}
