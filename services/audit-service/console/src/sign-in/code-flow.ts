import type { SignInWay } from '@admit-one/audit-service/api-types';
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { BASE, navigate, urlOf } from '../app/router.tsx';

/** The authorization code flow with PKCE (RFC 7636) of a public client, by redirects of the whole page. */

/** Where the issuer sends the browser back to. */
const SIGN_IN_PATH = `${BASE}/sign-in`;

/** What an issuer gives. It is kept in memory alone. */
export interface IssuedTokens {
  /** For the audit API. */
  readonly token: string;
  /** Null where the issuer gives none: then the page is redirected again. */
  readonly refreshToken: string | null;
}

/** What has to outlive the redirect. None of it is a token, and each is used once. */
interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

const PENDING = 'admit-one-console:sign-in';

/**
 * Leaves the page for the issuer.
 * @param prompt `none`: come back at once, signed in or not; `login`: ask again who it is
 */
export async function beginSignIn(
  way: SignInWay,
  returnTo: string,
  prompt?: 'none' | 'login',
): Promise<void> {
  const { authorization_endpoint: endpoint } = serverOf(way);
  if (!isSecureContext)
    throw new Error('Open the console by https: it makes digests, which browsers allow there.');
  const pending: Pending = {
    state: generateRandomState(),
    nonce: generateRandomNonce(),
    verifier: generateRandomCodeVerifier(),
    returnTo,
  };
  const url = new URL(endpoint);
  const parameters = {
    ...way.parameters,
    client_id: way.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    ...(prompt && { prompt }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  location.assign(url);
}

/** Whether this is where the issuer sends the browser back to, also after a log-out. */
export function isSignInPath({ pathname }: Pick<URL, 'pathname'>): boolean {
  return pathname === SIGN_IN_PATH;
}

/** Whether the issuer has sent the browser back here with an answer. */
export function isSignInResponse(url: URL): boolean {
  const { searchParams } = url;
  return isSignInPath(url) && (searchParams.has('code') || searchParams.has('error'));
}

/**
 * Takes what the issuer has sent the browser back with. Nothing of it stays in the URL.
 * @throws where it isn't the answer to what this page asked for, or no token comes of it
 */
export async function finishSignIn(way: SignInWay, url: URL): Promise<IssuedTokens> {
  const pending = takePending();
  navigate(pending?.returnTo ?? urlOf(''), { replace: true });
  if (!pending) throw new Error('This page has not asked for it: sign in again.');
  const [server, client] = [serverOf(way), clientOf(way)];
  const parameters = validateAuthResponse(server, client, url, pending.state);
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    None(),
    parameters,
    redirectUri(),
    pending.verifier,
    insecureOnThisMachine(way),
  );
  const answer = await processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: pending.nonce,
    requireIdToken: true,
  });
  return tokensOf(way, answer);
}

/** @throws where the issuer gives no new tokens */
export async function renewTokens(way: SignInWay, refreshToken: string): Promise<IssuedTokens> {
  const [server, client] = [serverOf(way), clientOf(way)];
  const options = insecureOnThisMachine(way);
  const response = await refreshTokenGrantRequest(server, client, None(), refreshToken, options);
  const answer = await processRefreshTokenResponse(server, client, response);
  return tokensOf(way, answer, refreshToken);
}

/** Where the browser goes to end the session at the issuer; null where it has no such place. */
export function endSessionUrl(way: SignInWay): URL | null {
  const { end_session_endpoint: endpoint } = way.server ?? {};
  if (endpoint === undefined) return null;
  const url = new URL(endpoint);
  // By the client's id, where an ID token as a hint would be a token in a URL.
  url.searchParams.set('client_id', way.clientId);
  url.searchParams.set('post_logout_redirect_uri', redirectUri());
  return url;
}

function takePending(): Pending | null {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  return text === null ? null : (JSON.parse(text) as Pending);
}

function tokensOf(
  { token }: SignInWay,
  answer: TokenEndpointResponse,
  refreshToken: string | null = null,
): IssuedTokens {
  const { [token]: given, refresh_token } = answer;
  if (given === undefined) throw new Error(`The issuer gave no ${token.replace('_', ' ')}.`);
  return { token: given, refreshToken: refresh_token ?? refreshToken };
}

function redirectUri(): string {
  return `${location.origin}${SIGN_IN_PATH}`;
}

function serverOf({ server }: SignInWay): AuthorizationServer & NonNullable<SignInWay['server']> {
  if (server === null) throw new Error('The issuer does not answer.');
  return server;
}

function clientOf({ clientId }: SignInWay): Client {
  return { client_id: clientId };
}

/** The audit-service lets only endpoints pass that are https, or on this machine. */
function insecureOnThisMachine(way: SignInWay) {
  return { [allowInsecureRequests]: new URL(serverOf(way).token_endpoint).protocol === 'http:' };
}
