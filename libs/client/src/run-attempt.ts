import { authenticate, type UpgradeCredential } from './authenticate.ts';
import { CLIENT_NAME } from './client-name.ts';
import type { WebSocketLike } from './environment.ts';
import { HEARTBEAT, startHeartbeat } from './heartbeat.ts';
import { postJson } from './http.ts';
import { failureOf } from './machine/retry-decision.ts';
import type { ConnectionLoop } from './types.ts';

/** The subprotocol of ticket authentication. The server selects it if it selects none of the application's. */
const ADMIT_PROTOCOL = 'admit.v1';

/** A close reason that carries Retry-After, in seconds. */
const CODE_AND_SECONDS = /^[A-Z_]+ (\d+)$/;

/**
 * Runs one attempt: token, ticket, upgrade. Dispatches the result of each step, and later the end of the connection.
 * When the signal aborts, it dispatches nothing more and closes the socket.
 * @throws the error of `getToken`, `getTicket` or `fetch`
 */
export async function runAttempt(loop: ConnectionLoop, signal: AbortSignal): Promise<void> {
  const { dispatch } = loop;
  const credential = await authenticate(loop, signal);
  if (!credential || signal.aborted) return;
  dispatch(credential);
  // A listener may have called `close()`.
  if (credential.type === 'failed' || signal.aborted) return;
  try {
    loop.socket = new loop.WebSocket(...upgradeRequest(loop, credential));
  } catch {
    return dispatch(failureOf(0, 'BAD_UPGRADE'));
  }
  watchSocket(loop, loop.socket, credential, signal);
}

/** The URL of the upgrade and the subprotocols that it offers. */
function upgradeRequest(
  { protocols = [], carrier, socketUrl }: ConnectionLoop,
  { type, value }: UpgradeCredential,
): [url: string, protocols: string[]] {
  const offered = [protocols].flat() as string[];
  const query = socketUrl.includes('?') ? '&' : '?';
  if (carrier === 'query' && type === 'ticket') return [`${socketUrl}${query}ticket=${value}`, offered];
  const by = type === 'jwt' ? `${query}client=${encodeURIComponent(CLIENT_NAME)}` : '';
  return [socketUrl + by, [...offered, HEARTBEAT, ADMIT_PROTOCOL, `${type}.${value}`]];
}

function watchSocket(
  loop: ConnectionLoop,
  socket: WebSocketLike,
  credential: UpgradeCredential,
  signal: AbortSignal,
): void {
  const { dispatch, onMessage, ticketUrl } = loop;
  const { token, value } = credential;
  socket.onmessage = onMessage;
  socket.onopen = () => {
    if (socket.protocol === HEARTBEAT) startHeartbeat(loop, socket, credential, signal);
    dispatch({ type: 'opened' });
  };
  socket.onerror = () => {};
  // In React Native the code and the reason may be missing.
  socket.onclose = async ({ code = 1006, reason }: Partial<CloseEvent>) => {
    // Browsers hide the response to a failed upgrade. The status of the ticket has the reason.
    const isHidden = token && code === 1006 && loop.machine.phase.state === 'connecting';
    const url = ticketUrl.replace(/\?|$/, '/status$&');
    const status = isHidden
      ? await postJson(loop, url, token, { ticket: value }, signal).catch(() => null)
      : null;
    const text = status?.lastRejection?.code ?? reason ?? '';
    if (!signal.aborted) dispatch(failureOf(code, text, CODE_AND_SECONDS.exec(text)?.[1]));
  };
  signal.onabort = () => {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };
}
