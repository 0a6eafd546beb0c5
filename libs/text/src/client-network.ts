import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The bits of an IPv6 address that name a network: one client has all addresses of a /64 for itself. */
const NETWORK_BITS = 64;
/** A site, or a customer of a hosting provider, has all networks of a /48 for itself. */
const SITE_BITS = 48;

/**
 * The network that one client has for itself: an IPv4 address, or the /64 of an IPv6 address. Other text is returned as it is.
 */
export function clientNetwork(address: string): string {
  return networkOf(address, NETWORK_BITS) ?? canonicalIPv4(address);
}

/** The /48 of an IPv6 address: 65,536 networks of clients. Null for an IPv4 address. */
export function siteNetwork(address: string): string | null {
  return networkOf(address, SITE_BITS);
}

function networkOf(address: string, bits: number): string | null {
  if (!address.includes(':') || !isIPv6(address)) return null;
  const [bare = ''] = address.split('%', 1);
  if (!(ipaddr.process(bare) instanceof ipaddr.IPv6)) return null;
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${bare}/${bits}`).toRFC5952String()}/${bits}`;
}

/** An IPv4 address that is written as an IPv6 one, in its own form. */
function canonicalIPv4(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address;
  return ipaddr.process(address.split('%', 1)[0] ?? '').toString();
}
