import type { ClientStatus } from '@admit-one/client';
import type { Login } from './session.ts';

/** What the page shows. */
export interface Model {
  readonly login: Login | null;
  readonly client: ClientStatus;
}

/** The client before there is one. */
export const NO_CLIENT: ClientStatus = { state: 'idle', reason: null, nextRetryAt: null, ticketId: null };

/** Whether there is a client that is at work. */
export function isActive({ state }: ClientStatus): boolean {
  return state !== 'idle' && state !== 'stopped';
}
