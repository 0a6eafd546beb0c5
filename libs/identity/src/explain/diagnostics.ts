import type { TokenCheck, TokenError } from '../verify/token-error.ts';
import type { TokenDiagnostic, TokenIssue } from './types.ts';

export function ok(message: string): TokenDiagnostic {
  return { level: 'ok', message };
}

export function warning(message: string, remedy: string): TokenDiagnostic {
  return { level: 'warning', message, remedy };
}

export function error(check: TokenIssue, message: string, remedy: string): TokenDiagnostic {
  return { level: 'error', check, message, remedy };
}

/** The first failure of one of these checks. */
export function failureOf(
  { failures }: { readonly failures: readonly TokenError[] },
  ...checks: readonly TokenCheck[]
): TokenError | undefined {
  return failures.find(({ check }) => checks.includes(check));
}
