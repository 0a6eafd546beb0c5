import { deflateSync, inflateSync } from 'node:zlib';
import { MAX_BATCH_BYTES } from '@admit-one/core';
import type { MsgHdrs } from '@nats-io/nats-core';

/** The value of the header `content-encoding`: zlib (RFC 1950), as in HTTP. */
export const DEFLATE = 'deflate';
export const CONTENT_ENCODING = 'content-encoding';

/**
 * What batches consist of: with it, a single event takes a third of its bytes. A compressed body names it by its checksum, so it
 * never changes: another one would be a second one beside it.
 */
export const DICTIONARY = [
  '"why":"closeText":""renewed":"lastFailure":{"code":"phase":"attempts":"dependencies":[{"name":"up":true,"since":',
  '[{"specversion":"1.0","partitionkey":"audit-service-","type":"admit.service.alive","data":{"service":"ticket-service",',
  '"lastSequence":,"connections":0,"version":"0."}}]"type":"admit.ticket.rejected","reason":"ticket_expired","command":"reserve",',
  '"earlierPresenter":null,"count":1,"type":"admit.handshake.rejected","type":"admit.ticket.released","handshake_failed",',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Firefox/140.0',
  'Mozilla/5.0 (X11; Linux x86_64) Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ',
  'Chrome/140.0.0.0 Safari/537.36","route":"default","carrier":"query","edge":"ws-edge-',
  '"client":"admit-one/0.1.0","expiresAt":17,"binding":{},"previousHandshake":null,"connection":"","upgradeMs":',
  '"type":"admit.connection.closed","source":"ws-edge-","data":{"connection":"","route":"default","code":1000,"initiator":"client",',
  '"reason":null,"durationMs":,"ticketId":"","closeText":"","messagesIn":0,"bytesIn":0,"messagesOut":0,"bytesOut":0}}',
  '[{"specversion":"1.0","partitionkey":"p00.","sequence":"00000000000000","id":"p00.',
  '.00000000000000","type":"admit.ticket.issued","type":"admit.ticket.reserved","type":"admit.ticket.consumed",',
  '"source":"ticket-service-","subject":"","time":"20-0T1:0:0.0Z","traceparent":"00-0-00","data":{"principal":{"issuer":"main",',
  '"session":"","sessionFrom":"sessionId","sid","user":"","tokenIssuedAt":17,"tokenExpiresAt":17,"kid":"","attributes":{}},',
  '"handshake":"","leaseEndsAt":17,"reservation":1,"previousHandshake":null,"context":{"address":"","origin":"https://","agent":"',
  'Mozilla/5.0 (","route":null,"carrier":null,"carrier":"subprotocol","edge":"ws-edge-"},"issuedAt":17,"route":null,"pathway":"ticket"}},',
].join('');

const dictionary = Buffer.from(DICTIONARY);

/** The last one that zlib does in a single pass: a higher one takes half as long again for 5 % less. */
const LEVEL = 3;

export function compressBody(body: Uint8Array): Uint8Array {
  return deflateSync(body, { level: LEVEL, dictionary });
}

/** The body of a message as it was before it was compressed; as it is where it was not, or is damaged. */
export function readBody(body: Uint8Array, headers: MsgHdrs | undefined): Uint8Array {
  if (headers?.get(CONTENT_ENCODING) !== DEFLATE) return body;
  try {
    return inflateSync(body, { dictionary, maxOutputLength: MAX_BATCH_BYTES });
  } catch {
    return body;
  }
}
