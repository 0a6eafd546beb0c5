import { CLIENT_NAME } from './client-name.ts';
import { postJson, ticketFrom } from './http.ts';
import { presentsJwt } from './machine/machine.ts';
import { type Failure, failureOf } from './machine/retry-decision.ts';
import type { LastFailure } from './options.ts';
import type { ConnectionLoop } from './types.ts';

/** What an upgrade presents. A secret. */
export interface UpgradeCredential {
  readonly type: 'ticket' | 'jwt';
  readonly value: string;
  readonly ticketId?: string | undefined;
  /** The token that the ticket was requested with; undefined with `getTicket`. */
  readonly token?: string | undefined;
  /** A failure that is still to be reported to the server. */
  readonly lastFailure?: LastFailure | undefined;
}

/** Gets a token and a new ticket; nothing where the signal has aborted. @throws the error of `getToken`, `getTicket` or `fetch` */
export async function authenticate(
  loop: ConnectionLoop,
  signal: AbortSignal,
): Promise<UpgradeCredential | Failure | undefined> {
  const { getToken, getTicket, prefetched, route, ticketUrl, machine } = loop;
  const { fresh, reason, lastFailure } = machine;
  const context = { fresh, reason, signal };

  const token = await (getToken ? getToken(context) : '');
  if (signal.aborted) return undefined;
  if (token == null) return failureOf(0, 'SIGNED_OUT');
  if (presentsJwt(machine)) return { type: 'jwt', value: token, lastFailure };

  loop.dispatch({ type: 'token' });
  const body = { route, lastFailure };
  const cached = prefetched?.take(token);
  const result = getTicket
    ? await getTicket({ ...context, ...body })
    : (cached ?? (await postJson(loop, ticketUrl, token, { ...body, client: CLIENT_NAME }, signal)));
  const reply = ticketFrom(result);
  if (!('ticket' in reply)) return reply;
  const { ticket, ticketId } = reply;
  if (ticket === loop.spent) return failureOf(0, 'NOT_AUTHORIZED');
  loop.spent = ticket;
  return { type: 'ticket', value: ticket, ticketId, token, lastFailure: cached && lastFailure };
}
