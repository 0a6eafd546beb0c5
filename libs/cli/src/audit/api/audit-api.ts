import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandError } from '../../command-error.ts';
import { urlBelow } from '../../http/base-url.ts';
import {
  failedRequestError,
  rejectionError,
  ServerRejection,
  unexpectedReplyError,
} from '../../http/http-errors.ts';
import { membersOf } from '../../json-members.ts';
import type { Progress } from '../../terminal.ts';
import type { OperatorToken } from './operator-token.ts';

/** Query parameters in their order; a name may occur several times. */
export type Parameters = readonly (readonly [name: string, value: string])[];

export interface RequestOptions {
  readonly parameters?: Parameters;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON in a POST. */
  readonly body?: object;
  /** How long a JSON reply may take: 30 s by default. */
  readonly timeoutMs?: number;
}

/**
 * The audit API, as an operator. All methods throw `CommandError` with what to do. A request that the API's rate limit
 * rejects is sent again after the time that it names.
 */
export interface AuditApi {
  /** A JSON reply as the server sent it. Only the presence of the named members is checked. */
  json<T extends object>(
    path: string,
    members: readonly (keyof T & string)[],
    options?: RequestOptions,
  ): Promise<T>;
  /** A reply whose body is read as it arrives. */
  open(
    path: string,
    options?: RequestOptions & { readonly signal?: AbortSignal },
  ): Promise<Response & { readonly body: ReadableStream<Uint8Array> }>;
}

export interface AuditApiOptions {
  readonly url: URL;
  readonly token: OperatorToken;
  readonly progress: Progress;
  readonly interrupted: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const MAX_RATE_LIMITED = 10;
const MAX_RETRY_AFTER_SECONDS = 60;

export function createAuditApi({ url: base, token, progress, interrupted }: AuditApiOptions): AuditApi {
  async function send(path: string, { parameters = [], headers, body }: RequestOptions, signal: AbortSignal) {
    const url = urlBelow(base, `api/v1/audit/${path}`);
    url.search = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
    const authorization = `Bearer ${await token.read()}`;
    try {
      return await fetch(url, {
        headers: {
          ...headers,
          authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        redirect: 'manual',
        signal,
      });
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** A reply with a success status. */
  async function sendUntilAccepted(
    path: string,
    options: RequestOptions,
    newSignal: () => AbortSignal,
  ): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await send(path, options, newSignal());
      if (response.ok) return response;
      const seconds = retryAfterOf(response);
      const problem = await response.text().catch((error) => {
        throw failureOf(error);
      });
      if (seconds === null || attempt > MAX_RATE_LIMITED)
        throw auditRejection({ url: urlBelow(base, `api/v1/audit/${path}`), response, problem, token });
      progress.info(`the audit API is at its rate limit: trying again in ${seconds} s`);
      await sleep(seconds * 1000, undefined, { signal: interrupted }).catch((error) => {
        throw failureOf(error);
      });
    }
  }

  function failureOf(error: unknown): CommandError {
    return failedRequestError(base, error, interrupted);
  }

  return {
    async json<T extends object>(path: string, expected: readonly string[], options: RequestOptions = {}) {
      const response = await sendUntilAccepted(path, options, () =>
        AbortSignal.any([interrupted, AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)]),
      );
      const text = await response.text().catch((error) => {
        throw failureOf(error);
      });
      const members = membersOf(text);
      if (expected.some((name) => !(name in members))) throw unexpectedReplyError(response.url);
      return members as T;
    },
    async open(path, { signal = interrupted, ...options } = {}) {
      const response = await sendUntilAccepted(path, options, () => signal);
      if (response.body === null) throw unexpectedReplyError(response.url);
      return response as Response & { body: ReadableStream<Uint8Array> };
    },
  };
}

/** The seconds to wait where the rate limit rejected a request, else null. */
function retryAfterOf({ status, headers }: Response): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return status === 429 && seconds >= 0 && seconds <= MAX_RETRY_AFTER_SECONDS ? Math.max(1, seconds) : null;
}

interface Rejected {
  readonly url: URL;
  readonly response: Response;
  /** The body. */
  readonly problem: string;
  readonly token: OperatorToken;
}

/** A rejection, with what an operator can do about it. */
function auditRejection({ url, response: { status }, problem, token }: Rejected): ServerRejection {
  const rejection = rejectionError(url.href, status, problem);
  const remedy = rejection.publicCode === undefined ? '' : remedyOf(status, token);
  return new ServerRejection(`${rejection.message}${remedy}`, status, rejection.publicCode);
}

function remedyOf(status: number, { from }: OperatorToken): string {
  switch (status) {
    case 401:
      return ` The token is from ${from}. Get a new one from your operators' issuer; for a local server, npx @admit-one/cli token --operator prints one. npx @admit-one/cli doctor --service audit-service --token - explains a token.`;
    case 403:
      return ` The token is from ${from}. docs/identity/operators.md says how operators get a scope.`;
    case 503:
      return ' Try again. If it stays so, npx @admit-one/cli doctor --service audit-service says what does not answer.';
    default:
      return '';
  }
}
