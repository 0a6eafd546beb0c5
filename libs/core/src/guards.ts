import { ISSUING, keySubject, sessionSubject, tokensSubject, userSubject } from './control/control-entry.ts';
import type { RevocationGuard, TicketAppend } from './ports/ticket-store.ts';
import type { Principal } from './schemas.ts';
import { grantsTicket, type TicketCommand } from './ticket/commands.ts';
import type { TicketState } from './ticket/state.ts';

/** Of a guard whose time of revocation does not matter. */
const ALWAYS = 0;

type Enforced = Pick<TicketAppend, 'guards' | 'fences'>;

const NOTHING: Enforced = { guards: [], fences: [] };

/** What can keep a principal out. */
interface Enforcement {
  readonly subjects: readonly string[];
  readonly granting: Enforced;
  readonly continuing: Enforced;
}

/** One process has a token's principal as the same object in all of its tickets and their commands: a digest is made once. */
const enforcements = new WeakMap<Principal, Enforcement>();

function enforcementFor(principal: Principal): Enforcement {
  let known = enforcements.get(principal);
  if (!known) {
    known = createEnforcement(principal);
    enforcements.set(principal, known);
  }
  return known;
}

function createEnforcement({ issuer, session, user, kid, tokenIssuedAt: notSince }: Principal): Enforcement {
  const ofSession = sessionSubject(issuer, session);
  const subjects = user === null ? [ofSession] : [ofSession, userSubject(issuer, user)];
  const guards = subjects.map((subject) => ({ subject, notSince }));
  const fences = [tokensSubject(null), tokensSubject(issuer)].map((subject) => ({ subject, notSince }));
  if (kid !== null) fences.push({ subject: keySubject(issuer, kid), notSince: ALWAYS });
  return {
    subjects,
    granting: { guards, fences: [...fences, { subject: ISSUING, notSince: ALWAYS }] },
    continuing: { guards, fences },
  };
}

/** The subjects of the markers of a principal: its session, and its user where there is one. */
export function revocationSubjectsOf(principal: Principal): readonly string[] {
  return enforcementFor(principal).subjects;
}

/** The markers that keep a token out. */
export function guardsOfToken(principal: Principal): readonly RevocationGuard[] {
  return enforcementFor(principal).continuing.guards;
}

/** A revocation blocks every command that grants something; a release is always accepted. */
export function guardsOf(command: TicketCommand, state: TicketState): Enforced {
  if (command.type === 'release' || state.status === 'none' || state.status === 'revoked') return NOTHING;
  const { granting, continuing } = enforcementFor(state.ticket.principal);
  return grantsTicket(command) ? granting : continuing;
}
