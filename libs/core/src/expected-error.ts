/**
 * An expected outcome, such as a rejection, thrown on its way to the code that answers it. It has no stack, which would cost
 * more than the rest of it.
 */
export class ExpectedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
