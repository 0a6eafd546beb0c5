import type { IncomingMessage } from 'node:http';
import type { IdentityProxy } from '@admit-one/config';
import { isPrintable, type ProxiedIdentity } from '@admit-one/identity';
import { canonicalAddress } from '@admit-one/text';
import { createPeerCheck } from '../http/client-address.ts';
import { RejectionError } from '../http/rejection-error.ts';
import { soleHeaderOf } from './sole-header.ts';

/** Why the request has no identity, as a sentence. */
export interface NoIdentity {
  readonly detail: string;
}

/**
 * Reads the identity that a proxy states in its headers.
 * @throws {RejectionError} `token_invalid` where a header occurs more than once, or the user is not a printable name
 */
export type ReadProxiedIdentity = (request: IncomingMessage) => ProxiedIdentity | NoIdentity;

/** Trusts the headers only if the TCP peer is one of the proxy's addresses; forwarding headers are ignored. */
export function createReadProxiedIdentity(proxy: IdentityProxy): ReadProxiedIdentity {
  const { addresses, userHeader, groupsHeader } = proxy;
  const isProxy = createPeerCheck(addresses);
  return (request) => {
    const address = canonicalAddress(request.socket.remoteAddress ?? '');
    if (address === null || !isProxy(request))
      return {
        detail: `A user in ${userHeader} counts only where the request comes from OPERATOR_PROXY_ADDRESSES, which this one does not.`,
      };
    const user = textOf(soleHeaderOf(request, userHeader));
    const groups = textOf(soleHeaderOf(request, groupsHeader));
    if (user === '')
      return {
        detail: `The proxy names no user in ${userHeader}: let it, or name its header in OPERATOR_PROXY_USER_HEADER.`,
      };
    // Two headers that something on the way has made one of would look like this.
    if (user.includes(',') || !isPrintable(user))
      throw new RejectionError('token_invalid', {
        detail: `The header ${userHeader} does not hold the name of one user: 1 to 256 printable characters, none of them a comma.`,
      });
    return { user, groups: groups.split(',').map((group) => group.trim()), address };
  };
}

/** Node reads headers as Latin-1; proxies write names as UTF-8. */
function textOf(value: string | null): string {
  return Buffer.from(value ?? '', 'latin1').toString('utf8');
}
