const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A driver's error as one line, with the SQLSTATE and every address that was tried. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join('; ');
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return SQLSTATE.test(code) ? `${error.message} (SQLSTATE ${code})` : error.message;
}

/** Whether the server rejects a value: SQLSTATE class 22, data exception. */
export function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^22...$/.test(String(error.code));
}

/** SQLSTATEs of a server that takes no connection or ends it: connection, authorization, no such database, shutdown, limit. */
const NO_CONNECTION = /^(?:08|28|3D|57P|53300)/;

/** Whether an error of the driver is the server's answer to a statement, as opposed to a connection that failed. */
export function isAnswer(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const code = String(error.code);
  return SQLSTATE.test(code) && !NO_CONNECTION.test(code);
}
