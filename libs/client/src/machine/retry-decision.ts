import type { ClientReason } from '../admit-socket.ts';
import { actionOfCode } from '../public-codes.ts';

/** How a step, or a connection, came to an end. */
export interface Failure {
  readonly type: 'failed';
  /** A close code (1000 and above) or an HTTP status; 0 where nobody but the client itself knows of it. */
  readonly code: number;
  /** The close reason, the code of a problem document, or the client's own reason. */
  readonly text: string;
  readonly retryAfterMs: number;
}

/** What is done about a failure. */
export interface RetryDecision {
  readonly action: 'stop' | 'retry' | 'refresh-token';
  readonly reason: ClientReason;
}

/** Longer than any server of ours asks for, and short enough for a timer. */
const MAX_RETRY_AFTER_MS = 3_600_000;

const actionOfReason: Readonly<Record<string, RetryDecision['action'] | undefined>> = {
  ...actionOfCode,
  SIGNED_OUT: 'stop',
  BAD_UPGRADE: 'stop',
};

/** @param retryAfter seconds, as in the header of that name */
export function failureOf(code: number, text = '', retryAfter?: unknown): Failure {
  const retryAfterMs = Math.min(Math.max(Number(retryAfter) * 1000 || 0, 0), MAX_RETRY_AFTER_MS);
  return { type: 'failed', code, text, retryAfterMs };
}

/** What a failure means: by its public code, else by the range of its close code or HTTP status. */
export function decideRetry({ code, text }: Failure): RetryDecision {
  const reason = /^[A-Z_]+(?= |$)/.exec(text)?.[0] ?? reasonOf(code);
  const action =
    actionOfReason[reason] ?? (isStopCode(code) ? 'stop' : code === 401 ? 'refresh-token' : 'retry');
  return { reason, action };
}

/** The reason of an end that names none. `MESSAGE_TOO_BIG` comes from WebSocket libraries, which give no text. */
function reasonOf(code: number): ClientReason {
  if (code < 1000) return 'HTTP';
  if (code === 1006) return 'NETWORK';
  return code === 1009 ? 'MESSAGE_TOO_BIG' : 'CLOSED';
}

/**
 * Whether a code means stop: of the close codes a normal end (1000, 1005), a policy (1008), and 4500 to 4999; of the
 * HTTP statuses those that blame the request, but for those that a later one may not meet.
 */
function isStopCode(code: number): boolean {
  return code < 1000
    ? code >= 400 && code < 500 && ![401, 408, 429].includes(code)
    : [1000, 1005, 1008].includes(code) || (code >= 4500 && code < 5000);
}
