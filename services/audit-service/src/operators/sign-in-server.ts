import type { SignInConfig } from '@admit-one/config';
import { type AuthorizationServer, discoverAuthorizationServer } from '@admit-one/identity';
import { shared } from '@admit-one/runtime';

/** Where people sign in to the console; null where nobody does, and while the issuer does not tell. */
export type SignInServer = () => Promise<AuthorizationServer | null>;

/** How long an answer of the issuer is kept, good or bad, since anyone may ask. */
const KEPT_MS = 10_000;

/** Asks the issuer when it is needed: the console works without, by a token or a proxy. */
export function createSignInServer(signIn: SignInConfig | null): SignInServer {
  if (!signIn) return async () => null;
  const discover = shared(KEPT_MS, () => discoverAuthorizationServer(signIn.issuer));
  return () => discover().catch(() => null);
}

/** The origins that the console connects to. It only navigates to the other endpoints. */
export async function tokenOriginsOf(server: SignInServer): Promise<readonly string[]> {
  const found = await server();
  return found ? [new URL(found.token_endpoint).origin] : [];
}
