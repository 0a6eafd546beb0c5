import type { Reason } from '@admit-one/core';
import { type PresentedTicket, type Rejection, rejectionOf } from '@admit-one/ticket-client';
import type { FailedCheck } from './failed-check.ts';
import { type HandshakeContext, presentedTicketIdOf } from './handshake/handshake-context.ts';

/** One check of a handshake; undefined where it passes. */
export type HandshakeCheck = (handshake: HandshakeContext) => FailedCheck | undefined;

const ORIGIN_REQUIRED = 'A request without an Origin header is rejected here, since REQUIRE_ORIGIN is on.';

export interface OriginRule {
  /** Whether pages of an origin may connect. Several `Origin` headers come joined by commas. */
  readonly allows: (origin: string) => boolean;
  /** Whether a request must have an `Origin`; browsers always send one. */
  readonly required: boolean;
  /** The text for a client whose origin is blocked. */
  readonly detailOf?: (origin: string) => string;
}

/** Checks the `Origin` header. */
export function checkOrigin(
  { headers: { origin } }: HandshakeContext,
  rule: OriginRule,
): FailedCheck | undefined {
  if (origin === undefined)
    return rule.required ? { reason: 'origin_blocked', detail: ORIGIN_REQUIRED } : undefined;
  if (rule.allows(origin)) return undefined;
  return { reason: 'origin_blocked', detail: rule.detailOf?.(origin) };
}

/** The result of the checks: the ticket to ask about, or the first failure. */
export type Prechecked = ({ readonly kind: 'passed' } & Pick<PresentedTicket, 'ticket' | 'jwt'>) | Rejection;

/**
 * Runs the checks in their order, and then looks for exactly one ticket. The ticket-service is not asked.
 * @param limit runs last: an overloaded server still tells clients what is wrong with their requests
 */
export function precheck(
  handshake: HandshakeContext,
  checks: readonly HandshakeCheck[],
  limit: () => Reason | undefined,
): Prechecked {
  for (const check of checks) {
    const failed = check(handshake);
    if (failed) return rejected(failed);
  }
  const { credential } = handshake;
  if (credential === 'missing') return rejected({ reason: 'ticket_missing' });
  if (credential === 'malformed') return rejected({ reason: 'ticket_malformed' });
  const reason = limit();
  if (reason !== undefined) return rejected({ reason });
  const { ticket, jwt } = credential;
  return { kind: 'passed', ticket, jwt };

  function rejected({ reason, ...answer }: FailedCheck): Rejection {
    return rejectionOf(reason, { ...answer, ticketId: presentedTicketIdOf(handshake) });
  }
}
