import type { UpgradeCredential } from './authenticate.ts';
import type { WebSocketLike } from './environment.ts';
import { failureOf } from './machine/retry-decision.ts';
import type { ConnectionLoop } from './types.ts';

/** The subprotocol in which the server answers heartbeats, and the heartbeat: pages can neither send nor see pings. */
export const HEARTBEAT = 'admit.v1.heartbeat';

const INTERVAL_MS = 25_000;

/**
 * Sends heartbeats until the signal aborts. Where nothing has come for a whole interval after one, the connection is
 * lost. The answer says in how many seconds the connection expires, if it does; then it is renewed before.
 */
export function startHeartbeat(
  loop: ConnectionLoop,
  socket: WebSocketLike,
  credential: UpgradeCredential,
  signal: AbortSignal,
): void {
  const { after, dispatch, onMessage } = loop;
  // The signal itself serves the attempt.
  const timer = new AbortController();
  let heard = true;
  let isRenewing = false;

  function beat(): void {
    if (!heard) {
      dispatch(failureOf(1006));
      return;
    }
    heard = false;
    socket.send(HEARTBEAT as never);
    after(INTERVAL_MS, beat, timer.signal);
  }

  socket.onmessage = (event: MessageEventInit) => {
    heard = true;
    const { data } = event;
    if (!data?.startsWith?.(HEARTBEAT)) return onMessage(event);
    const seconds = data.slice(HEARTBEAT.length);
    if (!seconds || isRenewing || !loop.getToken || !credential.ticketId) return;
    isRenewing = true;
    import('./renew.ts')
      .then(({ renew }) => renew(loop, credential, Number(seconds), signal))
      .catch(() => {})
      .then(() => {
        isRenewing = false;
        // The answer says when the connection expires now.
        if (!signal.aborted) socket.send(HEARTBEAT as never);
      });
  };
  signal.addEventListener('abort', () => timer.abort());
  beat();
}
