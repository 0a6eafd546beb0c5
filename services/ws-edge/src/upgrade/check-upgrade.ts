import type { IncomingMessage } from 'node:http';
import { isWebSocketKey } from '@admit-one/core';
import type { FailedCheck } from '@admit-one/gate';
import { invalidRequestOf } from '@admit-one/runtime';

/** Of RFC 3986: the characters of a host and a port. */
const HOST = /^[\w.~!$&'()*+,;=%:[\]-]+$/;

interface Requirement {
  readonly detail: string;
  readonly isMet: (request: IncomingMessage) => boolean;
}

/** In the order of their checks. */
const requirements: readonly Requirement[] = [
  { detail: 'The method of an upgrade must be GET.', isMet: ({ method }) => method === 'GET' },
  { detail: 'An upgrade must be HTTP/1.1.', isMet: ({ httpVersion }) => httpVersion === '1.1' },
  { detail: 'The Host header must name a host.', isMet: ({ headers }) => HOST.test(headers.host ?? '') },
  {
    detail: 'The Upgrade header must be websocket and nothing else.',
    isMet: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  },
  {
    detail: 'An upgrade has no body: leave out Content-Length and Transfer-Encoding.',
    isMet: (request) => !hasBody(request),
  },
  {
    detail: 'There must be one Sec-WebSocket-Key header, 16 bytes in base64.',
    isMet: ({ headers }) => isWebSocketKey(headers['sec-websocket-key'] ?? ''),
  },
];

/**
 * Checks an upgrade request against the rules of every request, and against RFC 6455, section 4.2.1. Node's parser checks
 * `Connection: Upgrade`, and accepts other methods, HTTP/1.0, other protocols, and a body.
 */
export function checkUpgrade(request: IncomingMessage): FailedCheck | undefined {
  const invalid = invalidRequestOf(request);
  if (invalid?.status === 431) return { reason: 'headers_too_large', detail: invalid.detail };
  const failed = invalid ?? requirements.find(({ isMet }) => !isMet(request));
  if (failed) return { reason: 'bad_upgrade', detail: failed.detail };
  if (request.headers['sec-websocket-version'] !== '13')
    return { reason: 'upgrade_required', detail: 'Sec-WebSocket-Version must be 13.' };
  return undefined;
}

/** A proxy in front would take these bytes for a body; here they would be read as frames. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
