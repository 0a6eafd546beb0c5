/** An HTTP error response, usually a problem document (RFC 9457). */
export class RequestError extends Error {
  /** The public code; null if the response has none. */
  readonly code: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(message: string, code: string | null, retryAfterSeconds: number | null) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The header with a session's token. A token is never put into a URL: URLs are logged. */
export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Posts to this server and returns the JSON of the response. @throws {RequestError} for an error response */
export async function post<Result>(path: string, token: string | null, body?: object): Promise<Result> {
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      ...(token === null ? {} : bearer(token)),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await requestErrorFrom(response);
  return (await response.json()) as Result;
}

export async function requestErrorFrom(response: Response): Promise<RequestError> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; code?: string };
  const retryAfter = Number(response.headers.get('retry-after'));
  const text = problem.detail ?? `The server responded with ${response.status}.`;
  return new RequestError(text, problem.code ?? null, retryAfter > 0 ? retryAfter : null);
}

/** A sentence about a failed request for the user. */
export function errorText(error: unknown): string {
  if (!(error instanceof RequestError)) return 'The server does not respond.';
  const { message, retryAfterSeconds } = error;
  return retryAfterSeconds === null ? message : `${message} Try again in ${retryAfterSeconds} s.`;
}
