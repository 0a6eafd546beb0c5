import type { IncomingMessage } from 'node:http';
import type { Reason } from '@admit-one/core';
import { type TicketCarrier, ticketOf } from '@admit-one/gate';
import type { Entrance } from './entrance.ts';
import { type OriginRule, originPasses } from './origin-check.ts';
import { parseUpgrade } from './parse-upgrade.ts';

export interface ScreeningRules extends OriginRule {
  /** By their paths. */
  readonly entrances: ReadonlyMap<string, Entrance>;
  readonly carriers: readonly TicketCarrier[];
}

/** What the edge can tell of an upgrade by itself. What was found before a refusal is told with it. */
export interface Screened {
  readonly route: string | null;
  readonly carrier: TicketCarrier | null;
  readonly protocols: readonly string[];
  readonly verdict: Verdict;
}

export type Verdict =
  | { readonly kind: 'passed'; readonly entrance: Entrance; readonly ticket: string }
  | {
      readonly kind: 'refused';
      readonly reason: Reason;
      /** What the client is told instead of the public code's own text. */
      readonly detail?: string | undefined;
    };

const NO_ORIGIN = 'A request without an Origin header is refused here, since REQUIRE_ORIGIN is on.';

/** Checks an upgrade before any ticket is looked up: form, path, origin, and that exactly one ticket is presented. */
export function screenUpgrade(request: IncomingMessage, rules: ScreeningRules): Screened {
  const parsed = parseUpgrade(request);
  if (parsed.kind === 'invalid') return refused(parsed.reason, { detail: parsed.detail });
  const { path, protocols } = parsed;
  const entrance = rules.entrances.get(path);
  if (!entrance) return refused('route_unknown', { protocols });
  const { name: route } = entrance.route;
  const { origin } = request.headers;
  if (!originPasses(origin, rules)) {
    const detail = origin === undefined ? NO_ORIGIN : undefined;
    return refused('origin_blocked', { route, protocols, detail });
  }
  const presented = ticketOf(request, rules.carriers);
  if (presented === 'missing') return refused('ticket_missing', { route, protocols });
  if (presented === 'malformed') return refused('ticket_malformed', { route, protocols });
  const { carrier, ticket } = presented;
  return { route, carrier, protocols, verdict: { kind: 'passed', entrance, ticket } };
}

interface Known {
  readonly route?: string;
  readonly protocols?: readonly string[];
  readonly detail?: string | undefined;
}

function refused(reason: Reason, { route, protocols = [], detail }: Known): Screened {
  return { route: route ?? null, carrier: null, protocols, verdict: { kind: 'refused', reason, detail } };
}

/** A refusal by the edge itself. */
export function refusedBecause(reason: Reason): Verdict {
  return { kind: 'refused', reason };
}
