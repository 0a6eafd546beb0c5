import { escapeUnits, httpRejectionOf, reasonRow } from '@admit-one/core';
import { chooseProtocol, withoutSecrets } from '@admit-one/gate';
import { headerValueOf } from '@admit-one/runtime';
import type { Admitted, Denied } from './verify.ts';

/** An answer to a proxy. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Lets a request pass: who it is, and what of it to pass on. Every identity header is in every answer, empty where there is
 * nothing to say, so that a proxy which copies them leaves none that a client forged.
 */
export function admittedAnswer({ ticketId, principal, protocols }: Admitted): Answer {
  const { issuer, session, user, attributes } = principal;
  return {
    status: 200,
    headers: {
      'X-Admit-User': headerValueOf(user ?? ''),
      'X-Admit-Session': headerValueOf(session),
      'X-Admit-Issuer': headerValueOf(issuer),
      'X-Admit-Ticket-Id': ticketId,
      'X-Admit-Attributes': Buffer.from(JSON.stringify(attributes)).toString('base64url'),
      'X-Admit-Protocol': chooseProtocol(protocols, []) ?? '',
      ...passedOn(withoutSecrets(protocols)),
    },
    body: '',
  };
}

/** What takes the place of the client's `Sec-WebSocket-Protocol`. Envoy is told to remove it; others do by themselves. */
function passedOn(protocols: readonly string[]): Readonly<Record<string, string>> {
  return protocols.length > 0
    ? { 'Sec-WebSocket-Protocol': protocols.join(', ') }
    : { 'X-Envoy-Auth-Headers-To-Remove': 'sec-websocket-protocol' };
}

/** Refuses a request with the status and problem document that the client is to get. */
export function deniedAnswer({ reason, ticketId, detail }: Denied, traceId: string): Answer {
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
 * The same for nginx, to which everything but 2xx, 401 and 403 is an error of its own, and which drops the body: status and
 * problem document are in headers, for its configuration to answer with.
 */
export function deniedAnswerForNginx(denied: Denied, traceId: string): Answer {
  const { status, headers, body } = deniedAnswer(denied, traceId);
  return {
    status: status === 401 ? 401 : 403,
    headers: { ...headers, 'X-Admit-Problem': inAscii(body) },
    body: '',
  };
}

function inAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, escapeUnits);
}
