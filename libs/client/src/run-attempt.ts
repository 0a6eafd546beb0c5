import { authenticate, type Credential } from './authenticate.ts';
import type { ConnectionLoop } from './connection-loop.ts';
import type { WebSocketLike } from './environment.ts';
import { postJson } from './http.ts';
import { failureOf } from './machine/retry-decision.ts';
import { upgradeRequest } from './upgrade.ts';

/**
 * One passage through token, ticket and upgrade. Tells of each step, and of the end of the connection that comes of it;
 * once the signal aborts, it goes no further, tells nothing more, and its connection is closed.
 * @throws where the application's function does, or nothing answers
 */
export async function runAttempt(sequence: ConnectionLoop, signal: AbortSignal): Promise<void> {
  const { dispatch: tell } = sequence;
  const credential = await authenticate(sequence, signal);
  signal.throwIfAborted();
  tell(credential);
  if (credential.type === 'failed') return;
  try {
    sequence.socket = new sequence.WebSocket(...upgradeRequest(sequence, credential));
  } catch {
    return tell(failureOf(0, 'BAD_UPGRADE'));
  }
  watchSocket(sequence, sequence.socket, credential, signal);
}

/** Tells what becomes of a connection. */
function watchSocket(
  sequence: ConnectionLoop,
  socket: WebSocketLike,
  { token, value }: Credential,
  signal: AbortSignal,
): void {
  const { dispatch: tell, onMessage: message, ticketUrl } = sequence;
  socket.onopen = () => tell({ type: 'opened' });
  socket.onmessage = message;
  socket.onerror = () => {};
  socket.onclose = async ({ code, reason }: CloseEvent) => {
    // Browsers keep the answer to a failed upgrade to themselves, but the server tells what became of a ticket.
    const isMute = token && code === 1006 && sequence.machine.phase.state === 'connecting';
    const status = isMute
      ? await postJson(sequence, `${ticketUrl}/status`, token, { ticket: value }, signal).catch(() => null)
      : null;
    const text = status?.lastRejection?.code ?? reason;
    if (!signal.aborted) tell(failureOf(code, text, text.split(' ')[1]));
  };
  signal.onabort = () => {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };
}
