import type { IncomingMessage } from 'node:http';
import { isWebSocketKey } from '@admit-one/core';
import { offeredProtocols } from '@admit-one/gate';
import { requestFaultOf } from '@admit-one/runtime';

/** What an upgrade request says, where it is a WebSocket's. */
export type ParsedUpgrade =
  | {
      readonly kind: 'websocket';
      readonly path: string;
      readonly protocols: readonly string[];
    }
  | {
      readonly kind: 'invalid';
      readonly reason: 'bad_upgrade' | 'upgrade_required';
      /** One sentence for whoever wrote the client. */
      readonly detail: string;
    };

/** Of RFC 3986: what a host and a port are written with. */
const HOST = /^[\w.~!$&'()*+,;=%:[\]-]+$/;
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i;

interface Requirement {
  readonly detail: string;
  readonly met: (request: IncomingMessage) => boolean;
}

/** In the order that they are looked at. */
const requirements: readonly Requirement[] = [
  { detail: 'The method of an upgrade must be GET.', met: ({ method }) => method === 'GET' },
  { detail: 'An upgrade must be HTTP/1.1.', met: ({ httpVersion }) => httpVersion === '1.1' },
  {
    detail: 'The Host header must name a host.',
    met: ({ headers }) => HOST.test(headers.host ?? ''),
  },
  {
    detail: 'The Upgrade header must be websocket and nothing else.',
    met: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  },
  {
    detail: 'An upgrade has no body: leave out Content-Length and Transfer-Encoding.',
    met: (request) => !hasBody(request),
  },
  {
    detail: 'There must be one Sec-WebSocket-Key header, 16 bytes in base64.',
    met: ({ headers }) => isWebSocketKey(headers['sec-websocket-key'] ?? ''),
  },
  {
    detail:
      'Sec-WebSocket-Protocol must be a list of different tokens, at most 32, in at most 4096 characters.',
    met: ({ headers }) => offeredProtocols(headers['sec-websocket-protocol']) !== undefined,
  },
];

/**
 * Holds an upgrade request to what every request is held to, and to RFC 6455, section 4.2.1. Node's parser has seen to
 * `Connection: Upgrade`, and lets through other methods, HTTP/1.0, other protocols, and a body.
 */
export function parseUpgrade(request: IncomingMessage): ParsedUpgrade {
  const { headers, url = '' } = request;
  const broken = requestFaultOf(request) ?? requirements.find(({ met }) => !met(request));
  if (broken) return { kind: 'invalid', reason: 'bad_upgrade', detail: broken.detail };
  if (headers['sec-websocket-version'] !== '13')
    return { kind: 'invalid', reason: 'upgrade_required', detail: 'Sec-WebSocket-Version must be 13.' };
  const protocols = offeredProtocols(headers['sec-websocket-protocol']) ?? [];
  return { kind: 'websocket', path: pathOf(url), protocols };
}

/** What a proxy in front takes for a body would be read as frames here. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** The path of a request target in origin form or in absolute form (RFC 9112, section 3.2), not decoded. */
function pathOf(target: string): string {
  const [path = ''] = target.replace(ABSOLUTE_FORM, '').split('?', 1);
  return path;
}
