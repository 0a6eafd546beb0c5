import { BusError, type BusErrorCode } from '@admit-one/core';
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';

const { InvalidArgumentError, PermissionViolationError, RequestError, TimeoutError } = errors;

/** Error codes of the JetStream API for an account or a server without free space. */
const NO_ROOM: ReadonlySet<number> = new Set([10_002, 10_023, 10_028, 10_047]);
/** The stream has no free space, or writing failed. */
const NOT_STORED = 10_077;
const MESSAGE_TOO_BIG = 10_054;

/**
 * The only place that translates the client's errors. `no_responders`: the server rejected the request, so nothing happened.
 * `timeout`: the outcome is unknown.
 */
export function toBusError(error: unknown, doing: string): BusError {
  if (error instanceof BusError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BusError(codeOf(error), `${doing}: ${message}`, { cause: error });
}

function codeOf(error: unknown): BusErrorCode {
  if (error instanceof JetStreamApiError) return codeOfApi(error);
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof InvalidArgumentError) return 'too_big';
  if (error instanceof errors.ClosedConnectionError) return 'disconnected';
  if (error instanceof errors.DrainingConnectionError) return 'disconnected';
  return isNoResponders(error) || isDenied(error) ? 'no_responders' : 'timeout';
}

function codeOfApi({ code, message }: JetStreamApiError): BusErrorCode {
  if (code === MESSAGE_TOO_BIG) return 'too_big';
  if (code === NOT_STORED) return /maximum|no space/.test(message) ? 'full' : 'timeout';
  return NO_ROOM.has(code) ? 'full' : 'no_responders';
}

/** Whether there was no responder, as when a stream or JetStream itself is missing. */
export function isNoResponders(error: unknown): boolean {
  const request = error instanceof RequestError ? error : causeOf(error);
  return request instanceof RequestError && request.isNoResponders();
}

/** Whether the user of the connection is not permitted to do it. */
export function isDenied(error: unknown): boolean {
  return [error, causeOf(error)].some((cause) => cause instanceof PermissionViolationError);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
