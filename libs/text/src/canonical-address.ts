import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An IPv6 address and a zone of the longest name that an interface has. */
const MAX_LENGTH = 64;

/**
 * The one spelling of an IP address: RFC 5952 for IPv6, and IPv4 for an address that is mapped to IPv6. A zone is kept
 * where it means something, on link-local addresses. Null where the text is not an address.
 */
export function canonicalAddress(text: string): string | null {
  if (text.length > MAX_LENGTH || isIP(text) === 0) return null;
  const [bare = '', zone] = text.split('%', 2);
  const address = ipaddr.process(bare);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const canonical = address.toRFC5952String();
  return zone !== undefined && address.range() === 'linkLocal' ? `${canonical}%${zone}` : canonical;
}
