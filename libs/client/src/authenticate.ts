import { askTicket, ticketOf } from './ask.ts';
import { presentsJwt } from './machine/machine.ts';
import { type Failure, failureOf } from './machine/verdict.ts';
import type { Sequence } from './sequence.ts';

/** What an upgrade presents. A secret. */
export interface Credential {
  readonly type: 'ticket' | 'jwt';
  readonly value: string;
  readonly ticketId: string | null;
  /** The token that it was got for; empty where the application got the ticket. */
  readonly token: string;
}

/** Gets a token, and a new ticket for it. @throws where the application's function does, or nothing answers */
export async function authenticate(sequence: Sequence, signal: AbortSignal): Promise<Credential | Failure> {
  const { getToken, getTicket, prefetched, route, say, tell } = sequence;
  const { fresh, reason, lastFailure } = sequence.machine;
  const need = { fresh, reason, signal };

  if (!fresh) say('[WS] Step 1/3: Ensuring JWT token exists...');
  const token = getToken ? await getToken(need) : '';
  signal.throwIfAborted();
  if (token === null) return failureOf(0, 'SIGNED_OUT');
  if (!fresh) say('[WS] JWT ready');
  if (presentsJwt(sequence.machine)) return { type: 'jwt', value: token, ticketId: null, token };

  tell({ type: 'token' });
  if (fresh) say('[Auth] Retrying request with new token');
  else say('[WS] Step 2/3: Requesting NEW WebSocket ticket (one-time, 30s TTL)...');
  const reply = getTicket
    ? ticketOf(await getTicket({ ...need, route, lastFailure }))
    : (prefetched?.take(token) ?? (await askTicket(sequence, token, { route, lastFailure }, signal)));
  if (!('ticket' in reply)) return reply;
  const { ticket, ticketId = null } = reply;
  if (ticket === sequence.spent) return failureOf(0, 'NOT_AUTHORIZED');
  sequence.spent = ticket;
  say('[WS] Ticket obtained, connecting to WebSocket...');
  return { type: 'ticket', value: ticket, ticketId, token };
}
