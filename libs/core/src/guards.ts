import { ISSUING, keySubject, sessionSubject, tokensSubject, userSubject } from './control/control-entry.ts';
import type { RevocationGuard, TicketAppend } from './ports/ticket-store.ts';
import type { Principal } from './schemas.ts';
import { grantsTicket, type TicketCommand } from './ticket/commands.ts';
import type { TicketState } from './ticket/state.ts';

/** Of a guard whose time of revocation does not matter. */
const ALWAYS = 0;

/** The subjects of the markers of a principal: its session, and its user where there is one. */
export function revocationSubjectsOf({ issuer, session, user }: Principal): readonly string[] {
  const ofSession = sessionSubject(issuer, session);
  return user === null ? [ofSession] : [ofSession, userSubject(issuer, user)];
}

/** The markers that keep a token out. */
export function guardsOfToken(principal: Principal): readonly RevocationGuard[] {
  const { tokenIssuedAt: notSince } = principal;
  return revocationSubjectsOf(principal).map((subject) => ({ subject, notSince }));
}

type Enforced = Pick<TicketAppend, 'guards' | 'fences'>;

const NOTHING: Enforced = { guards: [], fences: [] };

/** A ticket has three commands, whose principal is the same object where one process runs them: a digest is made once. */
const enforced = new WeakMap<Principal, { readonly granting: Enforced; readonly continuing: Enforced }>();

/** A revocation blocks every command that grants something; a release is always accepted. */
export function guardsOf(command: TicketCommand, state: TicketState): Enforced {
  if (command.type === 'release' || state.status === 'none' || state.status === 'revoked') return NOTHING;
  const { principal } = state.ticket;
  const known = enforced.get(principal) ?? enforcedFor(principal);
  enforced.set(principal, known);
  return grantsTicket(command) ? known.granting : known.continuing;
}

function enforcedFor(principal: Principal) {
  const { issuer, kid, tokenIssuedAt: notSince } = principal;
  const fences = [tokensSubject(null), tokensSubject(issuer)].map((subject) => ({ subject, notSince }));
  if (kid !== null) fences.push({ subject: keySubject(issuer, kid), notSince: ALWAYS });
  const guards = guardsOfToken(principal);
  return {
    granting: { guards, fences: [...fences, { subject: ISSUING, notSince: ALWAYS }] },
    continuing: { guards, fences },
  };
}
