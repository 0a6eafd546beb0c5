import { type PublicCode, publicCodes, type Reason, reasonRow } from '@admit-one/core';

export const PROBLEM_TYPE = 'application/problem+json';

/** Problem details (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The public code: what clients decide by. */
  readonly code: PublicCode;
  readonly traceId: string;
}

export interface RefusalOptions {
  /** What to tell the client instead of the code's own text. It must give no exact reason away. */
  readonly detail?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The scope that a token lacks. */
  readonly scope?: string | undefined;
  /** Instead of the reason's own, where HTTP has a more exact status. */
  readonly status?: number | undefined;
  /** Whether whoever refuses has logged it. */
  readonly reported?: boolean | undefined;
}

/** A refusal on its way to an HTTP reply. */
export class Refusal extends Error {
  readonly reason: Reason;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly scope: string | undefined;
  readonly status: number | undefined;
  readonly reported: boolean;

  constructor(reason: Reason, options: RefusalOptions & ErrorOptions = {}) {
    super(reason, options);
    this.name = 'Refusal';
    this.reason = reason;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.scope = options.scope;
    this.status = options.status;
    this.reported = options.reported ?? false;
  }
}

/** The problem document of a reason. It shows the reason's public code only. */
export function problemOf(reason: Reason, traceId: string, { detail, status }: RefusalOptions = {}): Problem {
  const { code, http } = reasonRow(reason);
  return {
    type: `urn:admit-one:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(code),
    status: status ?? http ?? 500,
    detail: detail ?? publicCodes[code],
    code,
    traceId,
  };
}

function titleOf(code: PublicCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
