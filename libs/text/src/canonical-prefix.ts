import ipaddr from 'ipaddr.js';
import { canonicalAddress } from './canonical-address.ts';

const LENGTH = /^(?:0|[1-9]\d{0,2})$/;

/**
 * The one spelling of an address prefix in CIDR notation, such as `203.0.113.0/24`: bits behind its length are cleared.
 * Null where the text is not a prefix.
 */
export function canonicalPrefix(text: string): string | null {
  const [before = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !LENGTH.test(length) || before.includes('%')) return null;
  const address = canonicalAddress(before);
  if (address === null) return null;
  const isV4 = ipaddr.IPv4.isValid(address);
  // A prefix of IPv4 addresses that are mapped to IPv6: its first 96 bits are those of the mapping.
  const bits = isV4 && before.includes(':') ? Number(length) - 96 : Number(length);
  if (bits < 0 || bits > (isV4 ? 32 : 128)) return null;
  const network = isV4
    ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`).toRFC5952String();
  return `${network}/${bits}`;
}
