import { ask } from './ask.ts';
import { authenticate, type Credential } from './authenticate.ts';
import type { WebSocketLike } from './environment.ts';
import { failureOf } from './machine/verdict.ts';
import type { Sequence } from './sequence.ts';
import { upgradeOf } from './upgrade.ts';

/**
 * One passage through token, ticket and upgrade. Tells of each step, and of the end of the connection that comes of it;
 * once the signal aborts, it goes no further, tells nothing more, and its connection is closed.
 * @throws where the application's function does, or nothing answers
 */
export async function attempt(sequence: Sequence, signal: AbortSignal): Promise<void> {
  const { tell, say } = sequence;
  const credential = await authenticate(sequence, signal);
  signal.throwIfAborted();
  if (credential.type === 'failed') return tell(credential);
  tell({ type: 'ticket', ticketId: credential.ticketId });
  say('[WS] Step 3/3: Connecting with ticket...');
  let socket: WebSocketLike;
  try {
    socket = new sequence.WebSocket(...upgradeOf(sequence, credential));
  } catch {
    return tell(failureOf(0, 'BAD_UPGRADE'));
  }
  follow(sequence, socket, credential, signal);
}

/** Tells what becomes of a connection. */
function follow(
  sequence: Sequence,
  socket: WebSocketLike,
  credential: Credential,
  signal: AbortSignal,
): void {
  const { tell, message } = sequence;
  sequence.socket = socket;
  socket.onopen = () => tell({ type: 'opened' });
  socket.onmessage = message;
  socket.onerror = () => {};
  socket.onclose = async ({ code, reason }: CloseEvent) => {
    const isMute = code === 1006 && sequence.machine.phase.state === 'connecting';
    const text = isMute ? await whyRefused(sequence, credential, signal) : reason;
    if (!signal.aborted) tell(failureOf(code, text, text.split(' ')[1]));
  };
  signal.onabort = () => {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };
}

interface StatusReply {
  readonly lastRejection?: { readonly code?: string } | null;
}

/** Browsers keep the answer to a failed upgrade to themselves, but the server tells what became of a ticket. */
async function whyRefused(
  sequence: Sequence,
  { type, value, token }: Credential,
  signal: AbortSignal,
): Promise<string> {
  if (type === 'jwt' || !token) return '';
  try {
    const [body] = await ask(sequence, `${sequence.ticketUrl}/status`, token, { ticket: value }, signal);
    return (body as StatusReply | null)?.lastRejection?.code ?? '';
  } catch {
    return '';
  }
}
