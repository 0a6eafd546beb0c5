import { bearer, RequestError, requestErrorFrom } from '../request.ts';
import type { AuditEvent } from './audit-event.ts';

export type StreamState = 'opening' | 'live' | 'waiting';

export interface AuditEventsOptions {
  readonly token: string;
  /** After a reconnect of the stream an event may be delivered again. */
  readonly onEvents: (events: readonly AuditEvent[]) => void;
  readonly onStateChange: (state: StreamState) => void;
  /** The server rejected the token. The stream has stopped. */
  readonly onTokenRejected: () => void;
}

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;

/** Streams the audit events of a session, and reconnects with backoff. Returns a function that stops it. */
export function streamAuditEvents({
  token,
  onEvents,
  onStateChange,
  onTokenRejected,
}: AuditEventsOptions): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function readOnce(onOpen: () => void): Promise<void> {
    const response = await fetch('/demo/events', { headers: bearer(token), signal });
    if (!response.ok || response.body === null) throw await requestErrorFrom(response);
    onOpen();
    for await (const lines of linesOf(response.body))
      onEvents(lines.map((line) => JSON.parse(line) as AuditEvent));
  }

  async function run(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    while (!signal.aborted) {
      onStateChange('opening');
      const error = await readOnce(() => {
        delayMs = FIRST_DELAY_MS;
        onStateChange('live');
      }).catch((thrown: unknown) => thrown);
      if (signal.aborted) return;
      if (error instanceof RequestError && error.code === 'INVALID_TOKEN') return onTokenRejected();
      onStateChange('waiting');
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      delayMs = Math.min(2 * delayMs, MAX_DELAY_MS);
    }
  }

  void run();
  return () => stopping.abort();
}

/** Yields the complete, non-empty lines of each chunk of a UTF-8 stream. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = `${rest}${decoder.decode(value, { stream: true })}`.split('\n');
    rest = parts.pop() ?? '';
    const lines = parts.filter((line) => line !== '');
    if (lines.length > 0) yield lines;
  }
}
