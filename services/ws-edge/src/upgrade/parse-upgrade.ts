import type { IncomingMessage } from 'node:http';
import { offeredProtocols } from '@admit-one/gate';

/** What an upgrade request says, where it is a WebSocket's. */
export type ParsedUpgrade =
  | {
      readonly kind: 'websocket';
      readonly path: string;
      readonly protocols: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly reason: 'bad_upgrade' | 'upgrade_required' };

const BAD_UPGRADE: ParsedUpgrade = { kind: 'invalid', reason: 'bad_upgrade' };

/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i;

/**
 * Holds an upgrade request to RFC 6455, section 4.2.1. Node's parser has seen to `Connection: Upgrade`,
 * and lets through other methods, HTTP/1.0, no or several `Host`, other protocols, and a body.
 */
export function parseUpgrade(request: IncomingMessage): ParsedUpgrade {
  const { headers, headersDistinct } = request;
  const key = headers['sec-websocket-key'];
  const protocols = offeredProtocols(headers['sec-websocket-protocol']);
  if (
    request.method !== 'GET' ||
    request.httpVersion !== '1.1' ||
    headersDistinct.host?.length !== 1 ||
    headers.upgrade?.toLowerCase() !== 'websocket' ||
    hasBody(request) ||
    key === undefined ||
    !KEY.test(key) ||
    protocols === undefined
  )
    return BAD_UPGRADE;
  if (headers['sec-websocket-version'] !== '13') return { kind: 'invalid', reason: 'upgrade_required' };
  return { kind: 'websocket', path: pathOf(request.url ?? ''), protocols };
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
