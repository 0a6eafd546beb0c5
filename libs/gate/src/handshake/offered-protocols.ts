import type { IncomingHttpHeaders } from 'node:http';

/** The subprotocol of the ticket protocol itself. */
export const ADMIT_PROTOCOL = 'admit.v1';

/** The same, with heartbeats: the client may send this text, and gets it back, while neither is the application's. */
export const HEARTBEAT_PROTOCOL = 'admit.v1.heartbeat';

/** Of the protocols that are passed on. A proxy in front reads only so much of an answer. */
const MAX_OPEN_LENGTH = 8 * 1024;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SECRET = /^(ticket|jwt)\./i;

/**
 * The subprotocols that a client offers (RFC 6455, section 4.1), in its order of preference: every item that carries a
 * credential, also those that are repeated or malformed, and the others once each, as far as they are tokens and fit into 8
 * KiB together. The rest of the header is ignored: a client's other protocols must not cost it its ticket. Linear in the
 * header's length.
 * @param header the value of `Sec-WebSocket-Protocol`; several such headers are joined by commas
 */
export function offeredProtocols(header: string | undefined): readonly string[] {
  if (header === undefined) return NONE;
  const offered: string[] = [];
  const open = new Set<string>();
  let room = MAX_OPEN_LENGTH;
  for (const item of header.split(',')) {
    const protocol = item.trim();
    if (!isSecretProtocol(protocol)) {
      if (protocol.length > room || open.has(protocol) || !TOKEN.test(protocol)) continue;
      room -= protocol.length;
      open.add(protocol);
    }
    offered.push(protocol);
  }
  return offered;
}

const NONE: readonly string[] = [];

/** Whether an offered subprotocol carries a credential, which is never answered and never passed on. */
export function isSecretProtocol(protocol: string): boolean {
  return SECRET.test(protocol);
}

/** The subprotocols without credentials: what an upstream may see. */
export function withoutSecrets(offered: Iterable<string>): string[] {
  return [...offered].filter((protocol) => !isSecretProtocol(protocol));
}

/**
 * Removes from the headers of a request what `offeredProtocols` ignores, as WebSocket libraries reject the request for it.
 * Credentials stay: another layer may ask for the same handshake.
 */
export function dropIgnoredProtocols(headers: IncomingHttpHeaders): void {
  const offered = offeredProtocols(headers['sec-websocket-protocol']).filter((item) => TOKEN.test(item));
  if (offered.length > 0) headers['sec-websocket-protocol'] = [...new Set(offered)].join(', ');
  else delete headers['sec-websocket-protocol'];
}
