import type { ConnectionLoop } from './connection-loop.ts';
import { postJson, ticketFrom } from './http.ts';
import { presentsJwt } from './machine/machine.ts';
import { type Failure, failureOf } from './machine/retry-decision.ts';
import type { LastFailure } from './options.ts';

/** What an upgrade presents. A secret. */
export interface Credential {
  readonly type: 'ticket' | 'jwt';
  readonly value: string;
  readonly ticketId?: string | undefined;
  /** The token that the ticket was got for; not there where the application got it. */
  readonly token?: string | undefined;
  /** What the server still has to be told. */
  readonly lastFailure?: LastFailure | undefined;
}

/** Gets a token, and a new ticket for it. @throws where the application's function does, or nothing answers */
export async function authenticate(
  sequence: ConnectionLoop,
  signal: AbortSignal,
): Promise<Credential | Failure> {
  const { getToken, getTicket, prefetched, route, ticketUrl, machine } = sequence;
  const { fresh, reason, lastFailure } = machine;
  const need = { fresh, reason, signal };

  const token = await (getToken ? getToken(need) : '');
  signal.throwIfAborted();
  if (token == null) return failureOf(0, 'SIGNED_OUT');
  if (presentsJwt(machine)) return { type: 'jwt', value: token, lastFailure };

  sequence.dispatch({ type: 'token' });
  const question = { route, lastFailure };
  const kept = prefetched?.take(token);
  const answer = getTicket
    ? await getTicket({ ...need, ...question })
    : (kept ?? (await postJson(sequence, ticketUrl, token, question, signal)));
  const reply = ticketFrom(answer);
  if (!('ticket' in reply)) return reply;
  const { ticket, ticketId } = reply;
  if (ticket === sequence.spent) return failureOf(0, 'NOT_AUTHORIZED');
  sequence.spent = ticket;
  return { type: 'ticket', value: ticket, ticketId, token, lastFailure: kept && lastFailure };
}
