import type { WebSocket } from 'ws';

/** How many pongs may wait to be sent. Faster pings are a flood, whose pongs would pile up in memory. */
const MAX_WAITING_PONGS = 60;

/**
 * Answers every ping with its own payload (RFC 6455, section 5.5.3). For a WebSocket with `autoPong` off.
 * @param onFlood called for each ping above the limit
 */
export function answerPings(webSocket: WebSocket, onFlood: () => void): void {
  let waiting = 0;
  webSocket.on('ping', (payload) => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (waiting >= MAX_WAITING_PONGS) return onFlood();
    waiting += 1;
    webSocket.pong(payload, false, () => {
      waiting -= 1;
    });
  });
}
