import { type Finding, problemOf } from '@admit-one/core';
import type { Refusal } from '@admit-one/runtime';

/** What a service would make of a token. */
export type TokenVerdict =
  | { readonly kind: 'accepted'; readonly as: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The service does not start. */
  | { readonly kind: 'none' };

/** The verdict as the last finding: what the service would answer, word for word. */
export function verdictFinding(service: string, verdict: TokenVerdict): Finding {
  switch (verdict.kind) {
    case 'accepted':
      return { level: 'ok', what: `accepted by the ${service} as ${verdict.as}` };
    case 'refused':
      return { level: 'fault', what: refusedBy(service, verdict.refusal) };
    case 'none':
      return {
        level: 'fault',
        what: `there is no verdict: the ${service} does not start with these settings`,
        remedy: 'Mend the settings first.',
      };
    default:
      return verdict satisfies never;
  }
}

/** What another service, which the token is not for, would answer. */
export function asideFinding(service: string, verdict: TokenVerdict): Finding {
  const finding = verdictFinding(service, verdict);
  return { level: 'ok', what: `besides, ${finding.what}` };
}

function refusedBy(service: string, refusal: Refusal): string {
  const { status, code, detail } = problemOf(refusal.reason, '', refusal);
  return `refused by the ${service}: ${status} ${code}: ${detail}`;
}
