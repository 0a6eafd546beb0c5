/** The fault at the bottom: `fetch` wraps what happened, and an attempt at several addresses wraps one fault for each. */
export function rootCauseOf(error: unknown): { code?: string; name?: string; message?: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCauseOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootCauseOf(error.cause);
  return Object(error);
}

export function rootMessageOf(error: unknown): string {
  return rootCauseOf(error).message || String(error);
}
