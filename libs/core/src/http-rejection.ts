import { STATUS_CODES } from 'node:http';
import { PROBLEM_TYPE, type ProblemOptions, problemOf } from './problem.ts';
import { type Reason, reasonRow } from './reasons.ts';

/** A rejection as an HTTP response. */
export interface HttpRejection {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A problem document (RFC 9457), as JSON. */
  readonly body: string;
}

export interface HttpRejectionOptions extends ProblemOptions {
  /** Instead of the reason's own. Rounded up to whole seconds. */
  readonly retryAfterSeconds?: number | undefined;
  /** The scheme of the credentials that the endpoint takes. */
  readonly scheme: 'Ticket' | 'Bearer';
  /** The `Authorization` header of the request. */
  readonly authorization?: string | undefined;
  /** The scope that the token lacks. */
  readonly scope?: string | undefined;
}

const BEARER = /^Bearer(?: |$)/i;
/** RFC 6750, section 3: a description is printable ASCII without quotes and backslashes. */
const NOT_IN_DESCRIPTION = /[^\x20\x21\x23-\x5b\x5d-\x7e]/gu;
/** The problem document has the whole text; a proxy may accept no more than 4 KiB of headers. */
const MAX_DESCRIPTION = 512;

/** The HTTP response of a reason: the same status, headers and document at every endpoint. */
export function httpRejectionOf(
  reason: Reason,
  traceId: string,
  options: HttpRejectionOptions,
): HttpRejection {
  const problem = problemOf(reason, traceId, options);
  const { status, detail } = problem;
  const retryAfter = options.retryAfterSeconds ?? reasonRow(reason).retryAfterSeconds;
  const challenge = challengeOf(reason, detail, options);
  const headers: Record<string, string> = {};
  if (status === 426) {
    headers.Upgrade = 'websocket';
    headers['Sec-WebSocket-Version'] = '13';
  }
  if (challenge !== undefined) headers['WWW-Authenticate'] = challenge;
  if (retryAfter !== null) headers['Retry-After'] = `${Math.ceil(retryAfter)}`;
  headers['Cache-Control'] = 'no-store';
  headers['Content-Type'] = PROBLEM_TYPE;
  return { status, headers, body: JSON.stringify(problem) };
}

/** The whole response as bytes, for a socket that no HTTP server answers on. It ends the connection. */
export function rejectionBytes({ status, headers, body }: HttpRejection): Buffer {
  const content = Buffer.from(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Connection: ${headers.Upgrade === undefined ? 'close' : 'Upgrade, close'}`,
    'X-Content-Type-Options: nosniff',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${content.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content]);
}

/**
 * The value of `WWW-Authenticate` (RFC 6750, section 3), or undefined where the rejection has none. A request without a
 * bearer token gets no error.
 */
function challengeOf(
  reason: Reason,
  detail: string,
  { scheme, authorization, scope }: HttpRejectionOptions,
): string | undefined {
  const { challenge, http } = reasonRow(reason);
  if (challenge === null) return undefined;
  if (challenge === 'scheme' || scheme === 'Ticket' || !BEARER.test(authorization ?? ''))
    return http === 401 ? scheme : undefined;
  const description = detail.replaceAll(NOT_IN_DESCRIPTION, '?').slice(0, MAX_DESCRIPTION);
  const parameters = [`error="${challenge}"`, `error_description="${description}"`];
  if (scope !== undefined) parameters.push(`scope="${scope}"`);
  return `Bearer ${parameters.join(', ')}`;
}
