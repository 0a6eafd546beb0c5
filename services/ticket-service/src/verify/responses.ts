import { httpRejectionOf, reasonRow } from '@admit-one/core';
import { chooseProtocol, identityHeaders, withoutSecrets } from '@admit-one/gate';
import { escapeUnits } from '@admit-one/text';
import type { Rejection } from '@admit-one/ticket-client';
import type { VerifiedRequest } from './verify.ts';

/** A response to a proxy. */
export interface ProxyResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Lets a request pass, with its identity and the headers to pass on. */
export function passResponse({ ticketId, principal, handshake }: VerifiedRequest): ProxyResponse {
  const { key: connection, context, protocols } = handshake;
  return {
    status: 200,
    headers: {
      ...identityHeaders('X-Admit-', { ticketId, principal, connection, edge: context.edge ?? '' }),
      'X-Admit-Protocol': chooseProtocol(protocols, []) ?? '',
      ...protocolHeader(withoutSecrets(protocols)),
    },
    body: '',
  };
}

/** Replaces the client's `Sec-WebSocket-Protocol`. Envoy needs to be told to remove it; the others do so by themselves. */
function protocolHeader(protocols: readonly string[]): Readonly<Record<string, string>> {
  return protocols.length > 0
    ? { 'Sec-WebSocket-Protocol': protocols.join(', ') }
    : { 'X-Envoy-Auth-Headers-To-Remove': 'sec-websocket-protocol' };
}

/** Rejects a request with the status and problem document for the client. */
export function rejectionResponse(
  { reason, ticketId, detail }: Pick<Rejection, 'reason' | 'ticketId' | 'detail'>,
  traceId: string,
): ProxyResponse {
  const { status, headers, body } = httpRejectionOf(reason, traceId, { scheme: 'Ticket', detail });
  return {
    status,
    headers: {
      ...headers,
      'X-Admit-Reason': reasonRow(reason).code,
      'X-Admit-Status': `${status}`,
      ...(ticketId !== null && { 'X-Admit-Ticket-Id': ticketId }),
    },
    body,
  };
}

/**
 * The same for nginx, which treats everything but 2xx, 401 and 403 as an upstream error and drops the body: status and
 * problem document are in headers, which its configuration sends to the client.
 */
export function nginxRejectionResponse(
  rejection: Parameters<typeof rejectionResponse>[0],
  traceId: string,
): ProxyResponse {
  const { status, headers, body } = rejectionResponse(rejection, traceId);
  return {
    status: status === 401 ? 401 : 403,
    headers: { ...headers, 'X-Admit-Problem': inAscii(body) },
    body: '',
  };
}

function inAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, escapeUnits);
}
