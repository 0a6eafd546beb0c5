/** An answer that is a problem document (RFC 9457), or none that this server gives. */
export class RequestError extends Error {
  /** The public code; null where the answer has none. */
  readonly code: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(message: string, code: string | null, retryAfterSeconds: number | null) {
    super(message);
    this.name = 'AskError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The header that a session's token goes in: never an address, which logs would keep. */
export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Posts to this server and gives what it answers. @throws {RequestError} where it refuses */
export async function post<Answer>(path: string, token: string | null, body?: object): Promise<Answer> {
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      ...(token === null ? {} : bearer(token)),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await requestErrorFrom(response);
  return (await response.json()) as Answer;
}

/** What an answer refuses with. */
export async function requestErrorFrom(response: Response): Promise<RequestError> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; code?: string };
  const retryAfter = Number(response.headers.get('retry-after'));
  const text = problem.detail ?? `The server answered ${response.status}.`;
  return new RequestError(text, problem.code ?? null, retryAfter > 0 ? retryAfter : null);
}

/** What to tell of a failed request: the server's own words, or that there were none. */
export function errorText(error: unknown): string {
  if (!(error instanceof RequestError)) return 'The server does not answer.';
  const { message, retryAfterSeconds } = error;
  return retryAfterSeconds === null ? message : `${message} Again in ${retryAfterSeconds} s.`;
}
