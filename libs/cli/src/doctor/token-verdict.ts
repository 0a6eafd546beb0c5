import { type Diagnostic, problemOf } from '@admit-one/core';
import type { RejectionError } from '@admit-one/runtime';

/** What a service would make of a token. */
export type TokenVerdict =
  | { readonly kind: 'accepted'; readonly as: string }
  | { readonly kind: 'refused'; readonly refusal: RejectionError }
  /** The service does not start. */
  | { readonly kind: 'none' };

/** The verdict as the last diagnostic: what the service would answer, word for word. */
export function verdictDiagnostic(service: string, verdict: TokenVerdict): Diagnostic {
  switch (verdict.kind) {
    case 'accepted':
      return { level: 'ok', message: `accepted by the ${service} as ${verdict.as}` };
    case 'refused':
      return { level: 'error', message: refusedBy(service, verdict.refusal) };
    case 'none':
      return {
        level: 'error',
        message: `there is no verdict: the ${service} does not start with these settings`,
        remedy: 'Mend the settings first.',
      };
    default:
      return verdict satisfies never;
  }
}

/** What another service, which the token is not for, would answer. */
export function asideDiagnostic(service: string, verdict: TokenVerdict): Diagnostic {
  const diagnostic = verdictDiagnostic(service, verdict);
  return { level: 'ok', message: `besides, ${diagnostic.message}` };
}

function refusedBy(service: string, refusal: RejectionError): string {
  const { status, code, detail } = problemOf(refusal.reason, '', refusal);
  return `refused by the ${service}: ${status} ${code}: ${detail}`;
}
