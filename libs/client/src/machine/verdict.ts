import type { ClientReason } from '../admit-socket.ts';
import { actionOfCode, codeOfClose, type PublicCode } from '../public-codes.ts';

/** How a step, or a connection, came to an end. */
export interface Failure {
  /** Who told: an HTTP answer, the end of a WebSocket, or nobody but the client itself. */
  readonly from: 'http' | 'close' | 'client';
  /** The HTTP status or the close code. */
  readonly code: number | null;
  /** The public code, the close reason as it came, or the client's own reason. */
  readonly text: string;
  readonly retryAfterMs: number;
}

/** What is done about a failure. */
export interface Verdict {
  readonly action: 'stop' | 'retry' | 'refresh-token';
  readonly reason: ClientReason;
  readonly retryAfterMs: number;
}

/** Longer than any server of ours asks for, and short enough for a timer. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** A failure that only the client knows of. */
export function ownFailure(reason: 'SIGNED_OUT' | 'NETWORK' | 'TIMEOUT' | 'BAD_UPGRADE'): Failure {
  return { from: 'client', code: null, text: reason, retryAfterMs: 0 };
}

/** The end of a WebSocket. A wait that the server asks for is in its reason: `RATE_LIMITED 5`. */
export function closeFailure(code: number, text: string): Failure {
  return { from: 'close', code, text, retryAfterMs: retryAfterMs(text.split(' ')[1]) };
}

/** An HTTP answer that is none of success. */
export function httpFailure(status: number, code: unknown, retryAfter?: string | null): Failure {
  return { from: 'http', code: status, text: String(code ?? ''), retryAfterMs: retryAfterMs(retryAfter) };
}

function retryAfterMs(seconds: string | null | undefined): number {
  return Math.min(Math.max(Number(seconds) * 1000 || 0, 0), MAX_RETRY_AFTER_MS);
}

/** What a text names, where it is a public code of the server. */
export function publicCodeOf(text: unknown): PublicCode | null {
  return Object.hasOwn(actionOfCode, String(text)) ? (text as PublicCode) : null;
}

/** What a failure means: by its public code, else by the range of its close code or HTTP status. */
export function verdictOf({ from, code, text, retryAfterMs }: Failure): Verdict {
  const known = publicCodeOf(text.split(' ')[0]) ?? (from === 'close' && !text && codeOfClose[code ?? 0]);
  if (known) return { action: actionOfCode[known], reason: known, retryAfterMs };
  if (from === 'client')
    return { action: text === 'SIGNED_OUT' ? 'stop' : 'retry', reason: text as ClientReason, retryAfterMs };
  if (from === 'http') return { action: actionOfStatus(code ?? 0), reason: 'HTTP', retryAfterMs };
  const reason = code === 1006 ? 'NETWORK' : 'CLOSED';
  return { action: closeMeansStop(code ?? 1006) ? 'stop' : 'retry', reason, retryAfterMs };
}

/** Whether a close code means stop: a normal end (1000, 1005), a policy (1008), and 4500 to 4999. */
export function closeMeansStop(code: number): boolean {
  return code === 1000 || code === 1005 || code === 1008 || (code >= 4500 && code <= 4999);
}

/** Whether a connection ended as one does whose work is done. */
export function isNormalEnd({ from, code }: Failure): boolean {
  return from === 'close' && (code === 1000 || code === 1005);
}

/** For answers that carry no code of ours: those of a proxy, say. */
function actionOfStatus(status: number): Verdict['action'] {
  if (status === 401) return 'refresh-token';
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status) ? 'stop' : 'retry';
}
