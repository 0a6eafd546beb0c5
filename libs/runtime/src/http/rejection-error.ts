import { ExpectedError, type ProblemOptions, type Reason } from '@admit-one/core';

export interface RejectionErrorOptions extends ProblemOptions {
  readonly retryAfterSeconds?: number | undefined;
  /** The scope that a token lacks. */
  readonly scope?: string | undefined;
  /** Whom the token of the request names, where it is good. For the log. */
  readonly subject?: string | undefined;
  /** Whether it is in the log already. */
  readonly reported?: boolean | undefined;
}

/** A rejection, thrown on its way to an HTTP response. */
export class RejectionError extends ExpectedError {
  readonly reason: Reason;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly scope: string | undefined;
  readonly subject: string | undefined;
  readonly status: number | undefined;
  /** Whether it is in the log already. */
  reported: boolean;

  constructor(reason: Reason, options: RejectionErrorOptions & ErrorOptions = {}) {
    super(reason, options);
    this.name = 'RejectionError';
    this.reason = reason;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.scope = options.scope;
    this.subject = options.subject;
    this.status = options.status;
    this.reported = options.reported ?? false;
  }
}
