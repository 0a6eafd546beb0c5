import type { WebSocket } from 'ws';

/**
 * Pings at an interval, until the WebSocket closes or a ping stays without a pong for a whole interval.
 * @param onMissed called once, when that happens
 */
export function startHeartbeat(webSocket: WebSocket, intervalMs: number, onMissed: () => void): void {
  let answered = true;
  webSocket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (answered) {
      answered = false;
      webSocket.ping();
    } else {
      clearInterval(timer);
      onMissed();
    }
  }, intervalMs);
  timer.unref();
  webSocket.once('close', () => clearInterval(timer));
}
