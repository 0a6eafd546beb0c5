import { ResponseBodyError } from 'oauth4webapi';
import { Api } from '../api/api.ts';
import { renewTokens } from './code-flow.ts';
import { leaveFor, type SessionState, type SignedIn } from './open-session.ts';

/** A renewal that fails is tried again as long as the token lives for more than this. */
const ENDING_MS = 5_000;

/** A minute before the end; of a short life, when a fifth of it is left. */
export function renewInMs(lifetimeMs: number): number {
  // Longer timers than 24.8 days fire at once.
  return Math.min(Math.max(lifetimeMs - 60_000, lifetimeMs * 0.8), 2 ** 31 - 1);
}

/**
 * Gets a new token: by the refresh token, or else by a redirect that the issuer answers without a word. While the issuer
 * doesn't answer, the session goes on with the token that it has. Never rejects.
 * @param leftMs of the token's life
 */
export async function renewSession(state: SignedIn, leftMs: number): Promise<SessionState> {
  const { credential } = state;
  const later = { ...state, lifetimeMs: leftMs };
  if (credential.kind !== 'issued')
    return leftMs > ENDING_MS ? later : { status: 'signed-out', why: 'The token has expired.', ways: null };
  const { way, refreshToken } = credential;
  if (refreshToken !== null) {
    try {
      const tokens = await renewTokens(way, refreshToken);
      return { ...state, credential: { ...credential, ...tokens }, lifetimeMs: lifetimeOf(tokens.token) };
    } catch (error) {
      if (!(error instanceof ResponseBodyError) && leftMs > ENDING_MS) return later;
    }
  }
  const ways = await new Api({ token: () => null }).session().catch(() => null);
  if (ways?.signIn?.server) return leaveFor(ways.signIn, 'none');
  if (leftMs > ENDING_MS) return later;
  return { status: 'signed-out', why: 'The token has expired, and the issuer does not answer.', ways };
}

/** How long a token lives that was just issued, by its own claims: the audit API takes JWTs alone. */
export function lifetimeOf(jwt: string): number {
  const [, payload = ''] = jwt.split('.');
  const { exp, iat } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as {
    readonly exp: number;
    readonly iat: number;
  };
  return (exp - iat) * 1_000;
}
