import type { Redact } from '@admit-one/config';

/** An error that prevents the start of a process and that its operator can fix. Printed without a stack. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/**
 * Opens a connection to the URL in a variable.
 * @throws {StartError} that names the variable, where `open` throws a `TypeError` because of its value
 */
export async function openFrom<Opened>(
  variable: string,
  open: () => Opened | Promise<Opened>,
): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof TypeError) throw new StartError(`${variable}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The message of a thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Removes secrets from the texts of an error and of its causes. */
export function redactError(error: unknown, redact: Redact): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redact(error) : error;
  error.message = redact(error.message);
  if (error.stack !== undefined) error.stack = redact(error.stack);
  redactError(error.cause, redact);
  return error;
}
