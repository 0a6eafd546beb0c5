import type { Reason } from '@admit-one/core';
import type { UpgradeRequest } from '@admit-one/testkit';
import { badUpgrade, noRequest, notHttp, type Outcome, refused, told } from '../upgrades/upgrade-case.ts';

/** A way of presenting a ticket that is not one. */
export interface FormCase {
  readonly what: string;
  /** The upgrade that presents it, made of two tickets that would be good. */
  readonly present: (ticket: string, other: string) => UpgradeRequest;
  readonly outcome: Refusal;
}

/** Why it is refused: by the edge for what the ticket looks like, or earlier for the form of the request. */
export type Refusal = 'ticket_missing' | 'ticket_malformed' | Outcome;

/** What a client is told: a browser by a close frame, others by the status, and nobody which of the reasons it was. */
export function answerTo(reason: Reason, browser: boolean, protocol?: string): Outcome {
  return browser ? told(reason, protocol) : refused(reason);
}

/** The request target with this query. */
export function query(text: string): UpgradeRequest {
  return { target: `/ws?${text}` };
}

/** The request that offers these subprotocols, as one header. */
export function offer(protocols: string): UpgradeRequest {
  return { target: '/ws', headers: { 'sec-websocket-protocol': protocols } };
}

export const tooLong = noRequest(431, 'The request line and the headers are larger than 16 KiB.');
export const badTarget = notHttp('Invalid char in url query');
export const badHeader = notHttp('Invalid header value char');
export const badProtocols = badUpgrade(
  'Sec-WebSocket-Protocol must be a list of different tokens, at most 32, in at most 4096 characters.',
);
