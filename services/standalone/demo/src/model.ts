import type { ClientStatus } from '@admit-one/client';
import type { Login } from './session.ts';

export interface Model {
  readonly login: Login | null;
  readonly client: ClientStatus;
}

/** The status before the first connect. */
export const NO_CLIENT: ClientStatus = { state: 'idle', reason: null, nextRetryAt: null, ticketId: null };

/** Whether the client is connected, connecting or waiting. */
export function isActive({ state }: ClientStatus): boolean {
  return state !== 'idle' && state !== 'stopped';
}
