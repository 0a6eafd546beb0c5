/** An error response of the audit API, a problem document (RFC 9457). */
export class ApiError extends Error {
  readonly status: number;
  /** The public code; null if the response has none. */
  readonly code: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(message: string, status: number, code: string | null, retryAfterSeconds: number | null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export async function apiErrorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; code?: string };
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiError(
    problem.detail ?? `The audit-service responded with ${response.status}.`,
    response.status,
    problem.code ?? null,
    retryAfter > 0 ? retryAfter : null,
  );
}

/** What failed, and what to do about it. */
export function failureOf(error: unknown): { readonly what: string; readonly whatToDo: string } {
  if (!(error instanceof ApiError))
    return {
      what: 'The audit-service does not answer.',
      whatToDo: 'Check that it runs and that this browser reaches it. The console tries again by itself.',
    };
  const { message, status, retryAfterSeconds } = error;
  if (status === 429) return { what: message, whatToDo: `Try again in ${retryAfterSeconds ?? 60} s.` };
  if (status === 400) return { what: message, whatToDo: 'Change what is asked for.' };
  if (status === 401) return { what: message, whatToDo: 'Sign in again.' };
  if (status === 403)
    return { what: message, whatToDo: 'Ask for the scope, or sign in as an operator who has it.' };
  return {
    what: message,
    whatToDo: 'Look at the log of the audit-service, and whether PostgreSQL answers.',
  };
}
