import type { TokenContext } from '@admit-one/client';
import { CommandError, exitCodes } from '../exit-codes.ts';
import type { Narrator } from '../narrator.ts';
import type { Addresses } from './addresses.ts';
import type { ConnectErrors } from './connect-errors.ts';
import type { GivenToken } from './given-token.ts';
import {
  membersOf,
  rejectionError,
  ServerRejection,
  unexpectedReplyError,
  unreachableError,
} from './server-fault.ts';

export interface TokenSourceOptions {
  /** Without one, an anonymous session is begun. */
  readonly given: GivenToken | undefined;
  readonly addresses: Addresses;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly narrator: Narrator;
  readonly faults: ConnectErrors;
}

/** What the client asks for a token, before each attempt. */
export type TokenSource = (need: Pick<TokenContext, 'fresh' | 'signal'>) => Promise<string | null>;

/** Makes a source that gives the same token again until a fresh one is needed; null where there is no use in asking again. */
export function createTokenSource({ given, ...server }: TokenSourceOptions): TokenSource {
  const { faults } = server;
  let token: string | null = null;
  return async ({ fresh, signal }) => {
    if (token !== null && !fresh) return token;
    try {
      token = given ? await takeGiven(given, fresh, server) : await beginSession(server, signal);
    } catch (error) {
      if (error instanceof CommandError && !signal.aborted) faults.note(error);
      if (!(error instanceof ServerRejection && error.isLasting)) throw error;
      token = null;
    }
    return token;
  };
}

type Server = Omit<TokenSourceOptions, 'given'>;

async function takeGiven({ value, from, newer }: GivenToken, fresh: boolean, { narrator, faults }: Server) {
  const token = fresh ? await newer() : value;
  const isRefused = faults.last() !== undefined;
  if (token !== null) narrator.say(`${fresh ? 'newer token' : 'token'} from ${from}`);
  else if (!isRefused) faults.note(outdated(from));
  return token;
}

function outdated(from: string): CommandError {
  const text = `The token has expired, and there is no newer one: ${from} gave it.`;
  return new CommandError(text, exitCodes.refused);
}

async function beginSession({ addresses, fetch, narrator }: Server, signal: AbortSignal): Promise<string> {
  const { token, sessionId } = await askSession(addresses, fetch, signal);
  narrator.say(`token of a new anonymous session, ${sessionId}`);
  return token;
}

async function askSession({ base, token: { href } }: Addresses, fetch: Server['fetch'], signal: AbortSignal) {
  const response = await fetch(href, { method: 'POST', signal }).catch((error: unknown) => {
    throw unreachableError(base, error);
  });
  const body = await response.text();
  if (!response.ok) throw rejectionError(href, response.status, body);
  const { token, sessionId } = membersOf(body);
  if (typeof token !== 'string' || typeof sessionId !== 'string') throw unexpectedReplyError(href);
  return { token, sessionId };
}
