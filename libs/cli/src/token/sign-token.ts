import { randomUUID } from 'node:crypto';
import { openLocalIssuers } from '@admit-one/identity';
import { CommandError, exitCodes } from '../command-error.ts';

export interface SignTokenOptions {
  readonly role: 'user' | 'operator';
  readonly subject?: string;
  /** A user's session id; a random one by default. */
  readonly session?: string;
  /** A user's scope: words with spaces between them. */
  readonly scope?: string;
  readonly ttlSeconds: number;
  readonly dataDir: string;
}

/**
 * Signs a token with the keys in standalone's data directory.
 * @throws {CommandError} where there are no keys
 */
export async function signToken(options: SignTokenOptions): Promise<string> {
  const { role, subject, session, scope, ttlSeconds, dataDir } = options;
  if (subject === '' || session === '')
    throw new CommandError('--user and --session must not be empty.', exitCodes.usage);
  const issuers = await openLocalIssuers(dataDir).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${message} (See --data-dir.)`, exitCodes.usage, { cause: error });
  });
  switch (role) {
    case 'user':
      return issuers.users.sign(
        { sub: subject ?? 'test-user', sessionId: session ?? randomUUID(), ...(scope && { scope }) },
        { ttlSeconds },
      );
    case 'operator':
      return issuers.operators.sign(
        { sub: subject ?? 'operator', scope: 'audit:read audit:acknowledge audit:forget' },
        { ttlSeconds },
      );
    default:
      return role satisfies never;
  }
}
