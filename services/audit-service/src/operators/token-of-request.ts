import type { IncomingMessage } from 'node:http';
import { bearerTokenOf } from '@admit-one/identity';
import { soleHeaderOf } from './sole-header.ts';

/** The header of bearer tokens (RFC 6750). */
export const AUTHORIZATION = 'authorization';

/**
 * The token of a request: as it is in a header of its own, which is where a proxy puts it, or else a bearer token.
 * @throws {Refusal} `token_invalid` where a header is there more than once
 */
export function tokenOfRequest(request: IncomingMessage, tokenHeader: string): string | null {
  const bare = tokenHeader === AUTHORIZATION ? null : soleHeaderOf(request, tokenHeader);
  return bare ?? bearerTokenOf(soleHeaderOf(request, AUTHORIZATION) ?? undefined);
}
