import { AskError, bearer, refusalOf } from '../ask.ts';
import { linesOf } from './lines.ts';
import type { TrailEvent } from './trail-event.ts';

/** How it goes with the following. */
export type Following = 'opening' | 'live' | 'waiting';

export interface FollowTrailOptions {
  readonly token: string;
  /** An event may come again after the stream was opened anew. */
  readonly onEvents: (events: readonly TrailEvent[]) => void;
  readonly onChange: (following: Following) => void;
  /** The token is no good any more: nothing is followed from then on. */
  readonly onRefused: () => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Follows the trail of a token's session until it is told to stop. A stream that ends is opened again. */
export function followTrail({ token, onEvents, onChange, onRefused }: FollowTrailOptions): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function readOnce(onOpen: () => void): Promise<void> {
    const response = await fetch('/demo/events', { headers: bearer(token), signal });
    if (!response.ok || response.body === null) throw await refusalOf(response);
    onOpen();
    for await (const lines of linesOf(response.body))
      onEvents(lines.map((line) => JSON.parse(line) as TrailEvent));
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
      if (fault instanceof AskError && fault.code === 'INVALID_TOKEN') return onRefused();
      onChange('waiting');
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  void follow();
  return () => stopping.abort();
}
