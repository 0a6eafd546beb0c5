import { bearer, RequestError, requestErrorFrom } from '../request.ts';
import type { AuditEvent } from './audit-event.ts';
import { linesOf } from './lines.ts';

/** How it goes with the following. */
export type StreamState = 'opening' | 'live' | 'waiting';

export interface AuditEventsOptions {
  readonly token: string;
  /** An event may come again after the stream was opened anew. */
  readonly onEvents: (events: readonly AuditEvent[]) => void;
  readonly onStateChange: (following: StreamState) => void;
  /** The token is no good any more: nothing is followed from then on. */
  readonly onTokenRejected: () => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Follows the trail of a token's session until it is told to stop. A stream that ends is opened again. */
export function streamAuditEvents({
  token,
  onEvents,
  onStateChange: onChange,
  onTokenRejected: onRefused,
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

  async function follow(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      onChange('opening');
      const fault = await readOnce(() => {
        pauseMs = FIRST_PAUSE_MS;
        onChange('live');
      }).catch((error: unknown) => error);
      if (signal.aborted) return;
      if (fault instanceof RequestError && fault.code === 'INVALID_TOKEN') return onRefused();
      onChange('waiting');
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  void follow();
  return () => stopping.abort();
}
