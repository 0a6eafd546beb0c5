import { publicCodes, type Reason, reasonRow } from '@admit-one/core';
import { closeOf } from '@admit-one/gate';
import type { UpgradeRequest } from '@admit-one/testkit';

/** One upgrade request and what must come of it. It presents a good ticket, unless it says otherwise. */
export interface UpgradeCase {
  readonly what: string;
  /** What is other than in a proper upgrade to `/ws`. */
  readonly upgrade?: UpgradeRequest;
  /** Alters the head of the request as text, for what no list of headers can say. */
  readonly alter?: (head: string) => string;
  /** Sent right behind the head. */
  readonly pipelined?: Buffer;
  readonly outcome: ExpectedAnswer;
}

export type ExpectedAnswer =
  | {
      readonly kind: 'admitted';
      /** The subprotocol that the answer names. */
      readonly protocol?: string | undefined;
    }
  /** A problem document and the end of the connection. */
  | {
      readonly kind: 'rejected';
      readonly status: number;
      readonly code: string;
      readonly detail: string;
      /** What the audit log has; null where the HTTP server rejected it before it was an upgrade. */
      readonly reason: Reason | null;
      /** Whether it was an ordinary request to the server, whose connection goes on. */
      readonly goesOn?: boolean;
    }
  /** A 101, a close frame and the end: what browsers get that must know. */
  | {
      readonly kind: 'told';
      readonly close: number;
      readonly text: string;
      readonly reason: Reason;
      /** The subprotocol that the 101 names. */
      readonly protocol?: string | undefined;
    };

export const admitted: ExpectedAnswer = { kind: 'admitted' };

/** Rejected by the edge, with its own sentence or that of the public code. */
export function rejected(reason: Reason, detail?: string): ExpectedAnswer {
  const { http, code } = reasonRow(reason);
  return { kind: 'rejected', status: http ?? 0, code, detail: detail ?? publicCodes[code], reason };
}

/** Rejected by the edge for its form. */
export function badUpgrade(detail: string): ExpectedAnswer {
  return rejected('bad_upgrade', detail);
}

/** A browser is told the reason by a close frame. */
export function told(reason: Reason, protocol?: string): ExpectedAnswer {
  const { code: close, text } = closeOf(reason);
  return { kind: 'told', close, text, reason, protocol };
}

/** Rejected by the HTTP server: the bytes are no request. */
export function noRequest(status: number, detail: string): ExpectedAnswer {
  return { kind: 'rejected', status, code: 'INVALID_REQUEST', detail, reason: null };
}

/** What Node's parser does not take, and why in its words. */
export function notHttp(why: string): ExpectedAnswer {
  return noRequest(400, `This is not a request of HTTP/1.1: ${why}.`);
}

/** Recorded as a handshake, and answered as an ordinary request, whose connection goes on. */
export function asRequest(outcome: ExpectedAnswer): ExpectedAnswer {
  return outcome.kind === 'rejected' ? { ...outcome, goesOn: true } : outcome;
}

/** Not an upgrade: an ordinary request, answered as such. */
export function plain(status: number, code: string, detail: string): ExpectedAnswer {
  return { kind: 'rejected', status, code, detail, reason: null, goesOn: true };
}
