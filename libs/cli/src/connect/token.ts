import type { TokenContext } from '@admit-one/client';
import { CommandError, exitCodes } from '../command-error.ts';
import { bearerTokenIn, readTokenFile } from '../http/bearer-token.ts';
import {
  rejectionError,
  ServerRejection,
  unexpectedReplyError,
  unreachableError,
} from '../http/http-errors.ts';
import { membersOf } from '../json-members.ts';
import type { Progress } from '../terminal.ts';
import type { LastError, ServerUrls } from './server-requests.ts';

/** A bearer token of the user, and where it is from. */
export interface UserToken {
  readonly value: string;
  readonly from: string;
  /** Reads the token again; null where it is unchanged. */
  reread(): Promise<string | null>;
}

export interface UserTokenOptions {
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The user's token, if any. The command line takes precedence over the environment.
 * @throws {CommandError} where it is not a bearer token
 */
export async function readUserToken(options: UserTokenOptions): Promise<UserToken | undefined> {
  const { token, tokenFile, env } = options;
  if (token !== undefined) return fixedToken(token, '--token');
  if (tokenFile !== undefined) return tokenInFile(tokenFile);
  return env.ADMIT_TOKEN ? fixedToken(env.ADMIT_TOKEN, 'ADMIT_TOKEN') : undefined;
}

function fixedToken(text: string, from: string): UserToken {
  return { value: bearerTokenIn(text, from), from, reread: async () => null };
}

async function tokenInFile(file: string): Promise<UserToken> {
  let value = await readTokenFile(file);
  return {
    value,
    from: file,
    async reread() {
      const former = value;
      value = await readTokenFile(file);
      return value === former ? null : value;
    },
  };
}

export interface TokenSourceOptions {
  /** Undefined: start an anonymous session. */
  readonly userToken: UserToken | undefined;
  readonly urls: ServerUrls;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly progress: Progress;
  readonly lastError: LastError;
}

/** The client's `getToken`. */
export type TokenSource = (need: Pick<TokenContext, 'fresh' | 'signal'>) => Promise<string | null>;

/** Returns the same token until a fresh one is needed, and null where another request cannot succeed. */
export function createTokenSource({ userToken, lastError, ...server }: TokenSourceOptions): TokenSource {
  let token: string | null = null;
  return async ({ fresh, signal }) => {
    if (token !== null && !fresh) return token;
    try {
      token = userToken
        ? await takeUserToken(userToken, fresh, { ...server, lastError })
        : await startAnonymousSession(server, signal);
    } catch (error) {
      if (error instanceof CommandError && !signal.aborted) lastError.current = error;
      if (!(error instanceof ServerRejection && error.isPermanent)) throw error;
      token = null;
    }
    return token;
  };
}

type Server = Omit<TokenSourceOptions, 'userToken' | 'lastError'>;

async function takeUserToken(
  userToken: UserToken,
  fresh: boolean,
  { progress, lastError }: Omit<TokenSourceOptions, 'userToken'>,
) {
  const { value, from, reread } = userToken;
  const token = fresh ? await reread() : value;
  if (token !== null) progress.info(`${fresh ? 'new token' : 'token'} from ${from}`);
  else
    lastError.current ??= new CommandError(
      `The token from ${from} has expired. Provide a new one.`,
      exitCodes.failure,
    );
  return token;
}

/** @throws {CommandError} where the server starts none */
export async function startAnonymousSession(
  { urls, fetch, progress }: Server,
  signal: AbortSignal,
): Promise<string> {
  const {
    base,
    token: { href },
  } = urls;
  const response = await fetch(href, { method: 'POST', signal }).catch((error: unknown) => {
    throw unreachableError(base, error);
  });
  const body = await response.text();
  if (!response.ok) throw rejectionError(href, response.status, body);
  const { token, sessionId } = membersOf(body);
  if (typeof token !== 'string' || typeof sessionId !== 'string') throw unexpectedReplyError(href);
  progress.info(`token of a new anonymous session, ${sessionId}`);
  return token;
}
