import { routeOf, type VerifyConfig } from '@admit-one/config';
import type { Reason } from '@admit-one/core';
import { offeredProtocols, type TicketCarrier, ticketOf } from '@admit-one/gate';
import { blockedOrigin, type OriginPolicy } from '@admit-one/runtime';
import type { OriginalTarget } from './original-target.ts';

export interface ScreeningRules extends VerifyConfig {
  readonly origins: OriginPolicy;
}

/** The parts of a request that it is screened by. */
export interface ScreenedRequest {
  readonly target: OriginalTarget;
  readonly origin: string | undefined;
  /** `Sec-WebSocket-Protocol`. */
  readonly protocol: string | undefined;
}

/** What a request says by itself. What was found before a refusal is told with it. */
export interface Screened {
  readonly route: string | null;
  readonly carrier: TicketCarrier | null;
  readonly protocols: readonly string[];
  readonly verdict:
    | { readonly kind: 'passed'; readonly ticket: string }
    | { readonly kind: 'refused'; readonly reason: Reason; readonly detail?: string | undefined };
}

const NO_ORIGIN = 'A request without an Origin header is refused here, since REQUIRE_ORIGIN is on.';

/** Checks a request before its ticket is looked up, as an edge does, but for what makes it an upgrade. */
export function screen({ target, origin, protocol }: ScreenedRequest, rules: ScreeningRules): Screened {
  if (target.kind === 'faulty') return refused('request_invalid', {}, target.detail);
  const [path = ''] = target.target.split('?', 1);
  const route = routeOf(path, rules.routes);
  const protocols = offeredProtocols(protocol);
  if (!protocols) return refused('bad_upgrade', { route });
  const known = { route, protocols };
  if (origin === undefined && rules.requireOrigin) return refused('origin_blocked', known, NO_ORIGIN);
  const blocked = blockedOrigin(origin, rules.origins);
  if (blocked) return refused(blocked.reason, known, blocked.detail);
  const request = { url: target.target, headers: { 'sec-websocket-protocol': protocol } };
  const presented = ticketOf(request, rules.carriers);
  if (presented === 'missing') return refused('ticket_missing', known);
  if (presented === 'malformed') return refused('ticket_malformed', known);
  const { carrier, ticket } = presented;
  return { route, carrier, protocols, verdict: { kind: 'passed', ticket } };
}

function refused(
  reason: Reason,
  { route = null, protocols = [] }: Partial<Pick<Screened, 'route' | 'protocols'>>,
  detail?: string,
): Screened {
  return { route, carrier: null, protocols, verdict: { kind: 'refused', reason, detail } };
}
