const SQLSTATE = /^[0-9A-Z]{5}$/;

/** What a driver threw, as a line for people: with the SQLSTATE, and with every address that was tried in vain. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join('; ');
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return SQLSTATE.test(code) ? `${error.message} (SQLSTATE ${code})` : error.message;
}
