import type { WebSocket } from 'ws';

/** How many answers may wait to be sent. Faster pings are a flood, whose answers would pile up in memory. */
const MAX_WAITING_ANSWERS = 60;

/**
 * Answers every ping with its own payload (RFC 6455, section 5.5.3). For a WebSocket with `autoPong` off.
 * @param onFlood called for each ping above the limit
 * @returns what answers a heartbeat, which counts as a ping
 */
export function answerPings(webSocket: WebSocket, onFlood: () => void): (heartbeat: string) => void {
  let waiting = 0;

  function answer(send: (sent: () => void) => void): void {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (waiting >= MAX_WAITING_ANSWERS) {
      onFlood();
      return;
    }
    waiting += 1;
    send(() => {
      waiting -= 1;
    });
  }

  webSocket.on('ping', (payload) => answer((sent) => webSocket.pong(payload, false, sent)));
  return (heartbeat) => answer((sent) => webSocket.send(heartbeat, sent));
}
