import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An IPv6 address and a zone of the longest name that an interface has. */
const MAX_LENGTH = 64;
/** Of a socket that accepts both kinds. */
const MAPPED = '::ffff:';

/**
 * The one spelling of an IP address: RFC 5952 for IPv6, and IPv4 for an address that is mapped to IPv6. A zone is kept
 * where it means something, on link-local addresses. Null where the text is not an address.
 */
export function canonicalAddress(text: string): string | null {
  if (text.length > MAX_LENGTH) return null;
  const version = isIP(text);
  if (version === 0) return null;
  // The one form of IPv4 that is accepted; most addresses have it.
  if (version === 4) return text;
  if (text.startsWith(MAPPED) && isIP(text.slice(MAPPED.length)) === 4) return text.slice(MAPPED.length);
  const [bare = '', zone] = text.split('%', 2);
  const address = ipaddr.process(bare);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const canonical = address.toRFC5952String();
  return zone !== undefined && address.range() === 'linkLocal' ? `${canonical}%${zone}` : canonical;
}
