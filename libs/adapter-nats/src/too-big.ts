import { headers, type Msg } from '@nats-io/nats-core';

/** The header of an error that a service replies with (ADR-32). */
const ERROR_CODE = 'Nats-Service-Error-Code';
const TOO_BIG = '413';

/** Replies that the reply does not fit into a message. */
export function respondTooBig(request: Msg): void {
  const error = headers();
  error.set(ERROR_CODE, TOO_BIG);
  error.set('Nats-Service-Error', 'the reply is above max_payload');
  request.respond('', { headers: error });
}

/** Whether a reply says that it did not fit into a message. */
export function isTooBig({ headers }: Msg): boolean {
  return headers?.get(ERROR_CODE) === TOO_BIG;
}
