import type { OperatorView, SessionAnswer, SignInWay } from '@admit-one/audit-service/api-types';
import { AuthorizationResponseError } from 'oauth4webapi';
import { Api } from '../api/api.ts';
import { ApiError, failureOf } from '../api/api-error.ts';
import { navigate, urlOf } from '../app/router.tsx';
import { beginSignIn, finishSignIn, type IssuedTokens, isSignInPath, isSignInResponse } from './code-flow.ts';

/** How a request says who asks. All of it is in memory alone. */
export type Credential =
  | { readonly kind: 'proxy' }
  /** A token that the operator has typed in. */
  | { readonly kind: 'typed'; readonly token: string }
  | ({ readonly kind: 'issued'; readonly way: SignInWay } & IssuedTokens);

export interface SignedIn {
  readonly status: 'signed-in';
  readonly operator: OperatorView;
  readonly credential: Credential;
  /** Of the token, from now; null behind a proxy. */
  readonly lifetimeMs: number | null;
}

export interface SignedOut {
  readonly status: 'signed-out';
  /** Why the operator has to sign in again; null at first. */
  readonly why: string | null;
  /** Null where the audit-service doesn't answer. */
  readonly ways: SessionAnswer | null;
  /** Whether the issuer has to ask who it is: it would give the same operator again. */
  readonly isWrongOperator?: boolean;
}

/** `leaving`: the browser is on its way to the issuer. */
export type SessionState = SignedIn | SignedOut | { readonly status: 'checking' | 'leaving' };

/** Says in this tab that the issuer knows the operator, so that a reload needs no click. */
const BY_ISSUER = 'admit-one-console:by-issuer';

export function forgetIssuer(): void {
  sessionStorage.removeItem(BY_ISSUER);
}

/** Opens the session of a page that has just been loaded. Never rejects. */
export async function openSession(url: URL): Promise<SessionState> {
  let ways: SessionAnswer | null = null;
  try {
    ways = await new Api({ token: () => null }).session();
    const { operator, signIn: way } = ways;
    if (operator) return ofOperator(operator, { kind: 'proxy' }, null, ways);
    if (way && isSignInResponse(url)) return await finish(way, url, ways);
    if (isSignInPath(url)) navigate(urlOf(''), { replace: true });
    if (way?.server && sessionStorage.getItem(BY_ISSUER) !== null) return await leaveFor(way, 'none');
    return { status: 'signed-out', why: null, ways };
  } catch (error) {
    return { status: 'signed-out', why: messageOf(error), ways };
  }
}

/** Leaves for the issuer, which sends the browser back to what is shown now. @param prompt as of `beginSignIn` */
export async function leaveFor(way: SignInWay, prompt?: 'none' | 'login'): Promise<SessionState> {
  await beginSignIn(way, `${location.pathname}${location.search}`, prompt);
  return { status: 'leaving' };
}

/** Asks the audit-service who has this credential. Never rejects. */
export async function checkCredential(
  credential: Exclude<Credential, { kind: 'proxy' }>,
  ways: SessionAnswer | null,
): Promise<SessionState> {
  try {
    const { lifetimeMs, ...answer } = await new Api({ token: () => credential.token }).session();
    return answer.operator
      ? ofOperator(answer.operator, credential, lifetimeMs, answer)
      : { status: 'signed-out', why: 'The audit-service has got no token.', ways };
  } catch (error) {
    return { status: 'signed-out', why: messageOf(error), ways };
  }
}

async function finish(way: SignInWay, url: URL, ways: SessionAnswer): Promise<SessionState> {
  try {
    const tokens = await finishSignIn(way, url);
    sessionStorage.setItem(BY_ISSUER, 'true');
    return await checkCredential({ kind: 'issued', way, ...tokens }, ways);
  } catch (error) {
    forgetIssuer();
    // Asked whether it knows the operator, the issuer said no: they sign in as at first.
    const isUnknown = error instanceof AuthorizationResponseError && UNKNOWN.has(error.error);
    return { status: 'signed-out', why: isUnknown ? null : messageOf(error), ways };
  }
}

/** OpenID Connect Core 1.0, section 3.1.2.6. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

function ofOperator(
  operator: OperatorView,
  credential: Credential,
  lifetimeMs: number | null,
  ways: SessionAnswer,
): SessionState {
  if (operator.scopes.includes('audit:read'))
    return { status: 'signed-in', operator, credential, lifetimeMs };
  const why = `${operator.subject} may not read the audit log: the scope audit:read is missing.`;
  return { status: 'signed-out', why, ways, isWrongOperator: true };
}

export function messageOf(error: unknown): string {
  if (error instanceof ApiError || error instanceof TypeError) return failureOf(error).what;
  if (error instanceof AuthorizationResponseError)
    return `The issuer did not sign you in: ${error.error_description ?? error.error}.`;
  return `The sign-in failed. ${error instanceof Error ? error.message : String(error)}`;
}
