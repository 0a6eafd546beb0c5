import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The bits of an IPv6 address that name a network: one client has all addresses of a /64 for itself. */
const NETWORK_BITS = 64;

/**
 * The network that one client has for itself: an IPv4 address, or the /64 of an IPv6 address. Other text is returned as it is.
 */
export function clientNetwork(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address;
  const [bare = ''] = address.split('%', 1);
  const parsed = ipaddr.process(bare);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${bare}/${NETWORK_BITS}`);
  return `${network.toRFC5952String()}/${NETWORK_BITS}`;
}
