import type { WebSocket } from 'ws';

/** How many answers may wait to be sent. Faster pings are a flood, whose answers would pile up in memory. */
const MAX_WAITING_ANSWERS = 60;

/** Answers pings and heartbeats, as long as the client reads the answers. For a WebSocket with `autoPong` off. */
export class PingLimiter {
  readonly #webSocket: WebSocket;
  readonly #onFlood: () => void;
  readonly #onSent = () => {
    this.#waiting -= 1;
  };
  #waiting = 0;

  /** @param onFlood called for each ping above the limit */
  constructor(webSocket: WebSocket, onFlood: () => void) {
    this.#webSocket = webSocket;
    this.#onFlood = onFlood;
  }

  /** Sends the pong of a ping, with its own payload (RFC 6455, section 5.5.3). */
  pong(payload: Buffer): void {
    if (this.#hasRoom()) this.#webSocket.pong(payload, false, this.#onSent);
  }

  /** Answers a heartbeat, which counts as a ping. */
  answer(heartbeat: string): void {
    if (this.#hasRoom()) this.#webSocket.send(heartbeat, this.#onSent);
  }

  #hasRoom(): boolean {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return false;
    const hasRoom = this.#waiting < MAX_WAITING_ANSWERS;
    if (hasRoom) this.#waiting += 1;
    else this.#onFlood();
    return hasRoom;
  }
}
