import type { OperatorToken } from '../audit/api/operator-token.ts';
import { CommandError } from '../command-error.ts';
import { urlBelow } from '../http/base-url.ts';
import { failedRequestError, rejectionError, unexpectedReplyError } from '../http/http-errors.ts';
import { membersOf } from '../json-members.ts';

/** The answer to a decision. */
export interface Receipt {
  readonly id: string;
  readonly closed: number;
  readonly edges: Edges;
  readonly expiresAt: string;
}

/** What a decision would do. */
export interface Forecast {
  readonly dryRun: true;
  readonly connections: number;
  readonly users: number;
  readonly edges: Edges;
}

export interface Edges {
  readonly confirmed: readonly string[];
  readonly unconfirmed: readonly string[];
}

/** An entry in force. */
export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly issuer: string | null;
  readonly session: string | null;
  readonly user: string | null;
  readonly value: string | null;
  readonly reason: string;
  readonly by: string;
  readonly since: string;
  readonly expiresAt: string;
}

/** The admin API of the ticket-service, as an operator. All methods throw `CommandError`. */
export interface AdminApi {
  decide(path: 'revocations' | 'actions', body: object): Promise<Receipt | Forecast>;
  undo(id: string, reason: string | undefined): Promise<Receipt>;
  list(): Promise<{ readonly total: number; readonly entries: readonly Entry[] }>;
}

export interface AdminApiOptions {
  readonly url: URL;
  readonly token: OperatorToken;
  readonly interrupted: AbortSignal;
}

const TIMEOUT_MS = 15_000;

export function createAdminApi({ url: base, token, interrupted }: AdminApiOptions): AdminApi {
  async function ask<T>(method: string, path: string, member: string, body?: object): Promise<T> {
    const url = urlBelow(base, `api/v1/admin/${path}`);
    const authorization = `Bearer ${await token.read()}`;
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const response = await fetch(url, {
        method,
        headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal,
      });
      const text = await response.text();
      if (!response.ok) throw rejectionError(url.href, response.status, text);
      if (!(member in membersOf(text))) throw unexpectedReplyError(url.href);
      return JSON.parse(text) as T;
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw failedRequestError(base, error, interrupted);
    }
  }

  return {
    decide: (path, body) => ask('POST', path, 'edges', body),
    undo(id, reason) {
      const query = reason === undefined ? '' : `?${new URLSearchParams({ reason })}`;
      return ask('DELETE', `revocations/${encodeURIComponent(id)}${query}`, 'edges');
    },
    list: () => ask('GET', 'revocations', 'entries'),
  };
}
