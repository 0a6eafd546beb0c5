import type { AttemptContext } from './attempt.ts';
import type { WebSocketLike } from './environment.ts';
import type { Credential } from './machine/machine.ts';
import { closeFailure, ownFailure } from './machine/verdict.ts';
import { StepFailure } from './requests.ts';

/** The protocol that stands for tickets themselves, where the application offers none of its own. */
const ADMIT_PROTOCOL = 'admit.v1';

type Context = Pick<AttemptContext, 'options' | 'environment' | 'addresses' | 'tell' | 'message'>;

/**
 * Begins an upgrade. What comes of it is told as it happens, until the signal aborts.
 * @throws {StepFailure} where no attempt can succeed, as with protocols that are no tokens
 */
export function openSocket(
  context: Context,
  credential: Credential,
  secret: string,
  signal: AbortSignal,
): WebSocketLike {
  const { tell, message } = context;
  const socket = construct(context, credential, secret);
  const unlessAborted =
    <E>(listen: (event: E) => void) =>
    (event: E) => {
      if (!signal.aborted) listen(event);
    };
  socket.onopen = unlessAborted(() => tell({ type: 'opened' }));
  socket.onmessage = unlessAborted(message);
  socket.onerror = () => {};
  socket.onclose = unlessAborted(({ code, reason }: CloseEvent) =>
    tell({ type: 'failed', failure: closeFailure(code, reason) }),
  );
  return socket;
}

function construct(
  { options, environment, addresses }: Context,
  credential: Credential,
  secret: string,
): WebSocketLike {
  const { protocols = [], carrier } = options;
  const url = new URL(addresses.socket);
  const offered = [protocols].flat();
  if (credential === 'ticket' && carrier === 'query') url.searchParams.set('ticket', secret);
  else offered.push(ADMIT_PROTOCOL, `${credential}.${secret}`);
  try {
    return new environment.WebSocket(url.href, offered as string[]);
  } catch {
    throw new StepFailure(ownFailure('BAD_UPGRADE'));
  }
}

/** The protocol of a connection as an application knows it. */
export function applicationProtocol({ protocol }: WebSocketLike): string {
  return protocol === ADMIT_PROTOCOL ? '' : protocol;
}
