import type { ClientState, ClientStatus } from '@admit-one/client';
import type { Login } from './session.ts';

export interface Model {
  readonly login: Login | null;
  readonly client: ClientStatus;
  readonly phase: Phase;
}

/** The client's state in the words of its user. */
export type Phase = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'disconnected';

/** The phase that follows another one. A client that was connected reconnects until it is or until it stops. */
export function nextPhase(phase: Phase, state: ClientState): Phase {
  switch (state) {
    case 'idle':
      return 'idle';
    case 'authenticating':
    case 'connecting':
      return phase === 'connected' || phase === 'reconnecting' ? 'reconnecting' : 'connecting';
    case 'open':
      return 'connected';
    case 'waiting':
      return 'reconnecting';
    case 'stopped':
      return 'disconnected';
    default:
      return state satisfies never;
  }
}

/** The status before the first connect. */
export const NO_CLIENT: ClientStatus = { state: 'idle', reason: null, nextRetryAt: null, ticketId: null };

/** Whether the client is connected, connecting or waiting. */
export function isActive({ state }: ClientStatus): boolean {
  return state !== 'idle' && state !== 'stopped';
}
