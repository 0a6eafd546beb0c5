import type { ClientReason } from '../admit-socket.ts';
import { actionOfCode } from '../public-codes.ts';

/** Why a step failed or a connection ended. */
export interface Failure {
  readonly type: 'failed';
  /** A close code (≥ 1000), an HTTP status, or 0 for the client's own reasons. */
  readonly code: number;
  /** The close reason, the code of a problem document, or the client's own reason. */
  readonly text: string;
  readonly retryAfterMs: number;
  /** What was thrown, where that is the failure. */
  readonly error?: unknown;
}

export interface RetryDecision {
  readonly action: 'stop' | 'retry' | 'refresh-token';
  readonly reason: ClientReason;
}

/** Longer values of `Retry-After` are capped: they would overflow a timer. */
const MAX_RETRY_AFTER_MS = 3_600_000;

const actionOfReason: Readonly<Record<string, RetryDecision['action'] | undefined>> = {
  ...actionOfCode,
  SIGNED_OUT: 'stop',
  BAD_UPGRADE: 'stop',
};

/** @param retryAfter seconds or a date, as in the HTTP header; anything else, and what is over, counts as 0 */
export function failureOf(code: number, text = '', retryAfter?: string | null): Failure {
  const afterMs = Number(retryAfter) * 1000 || Date.parse(retryAfter as string) - Date.now() || 0;
  const retryAfterMs = Math.min(Math.max(afterMs, 0), MAX_RETRY_AFTER_MS);
  return { type: 'failed', code, text, retryAfterMs };
}

/** Decides by the public code, else by the range of the close code or HTTP status. */
export function decideRetry({ code, text }: Failure): RetryDecision {
  const reason = /^[A-Z_]+(?= |$)/.exec(text)?.[0] ?? reasonOf(code);
  const action =
    actionOfReason[reason] ?? (isStopCode(code) ? 'stop' : code === 401 ? 'refresh-token' : 'retry');
  return { reason, action };
}

/** The reason of a failure without a public code. WebSocket libraries close with 1009 and an empty text. */
function reasonOf(code: number): ClientReason {
  if (code < 1000) return 'HTTP';
  if (code === 1006) return 'NETWORK';
  return code === 1009 ? 'MESSAGE_TOO_BIG' : 'CLOSED';
}

/**
 * Close codes that mean stop: 1000, 1005, 1008, and 4500 to 4999. HTTP statuses that mean stop: 4xx, except those that
 * a later request may not get.
 */
function isStopCode(code: number): boolean {
  return code < 1000
    ? code >= 400 && code < 500 && ![401, 408, 429].includes(code)
    : [1000, 1005, 1008].includes(code) || code >= 4500;
}
