/** What the guard needs of an accepted WebSocket; those of `ws` are so. */
export interface PausableWebSocket {
  /** Stops reading: what the client sends waits. */
  pause(): void;
  resume(): void;
  close(code: number, text: string): void;
  on(event: 'error', listener: () => void): unknown;
  removeAllListeners(event: 'message'): unknown;
}
