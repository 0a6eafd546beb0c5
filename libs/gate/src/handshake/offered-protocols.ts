/** The subprotocol of the ticket protocol itself, and the only one of ours that is answered. */
export const ADMIT_PROTOCOL = 'admit.v1';

/** More than any client needs. */
const MAX_HEADER_LENGTH = 4096;
const MAX_PROTOCOLS = 32;

const NOT_PRINTABLE = /[^\t\x20-\x7e]/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SECRET = /^(ticket|jwt)\./i;

/**
 * The subprotocols that a client offers (RFC 6455, section 4.1): unique tokens, in its order of preference.
 * Linear in the header's length.
 * @param header the value of `Sec-WebSocket-Protocol`; several such headers are joined by commas
 * @returns an empty list where the header is absent; null where it breaks the RFC or our bounds
 */
export function offeredProtocols(header: string | undefined): readonly string[] | null {
  if (header === undefined) return [];
  if (header.length > MAX_HEADER_LENGTH || NOT_PRINTABLE.test(header)) return null;
  const protocols = header.split(',').map((item) => item.trim());
  const valid =
    protocols.length <= MAX_PROTOCOLS &&
    protocols.every((protocol) => TOKEN.test(protocol)) &&
    new Set(protocols).size === protocols.length;
  return valid ? protocols : null;
}

/** Whether an offered subprotocol carries a credential, which is never answered and never passed on. */
export function isSecretProtocol(protocol: string): boolean {
  return SECRET.test(protocol);
}
