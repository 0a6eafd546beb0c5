import type { StoredEvent } from '@admit-one/core';
import type { Api } from '../../api/api.ts';
import { ApiError } from '../../api/api-error.ts';
import { readSse } from './read-sse.ts';

export type LiveState = 'opening' | 'live' | 'waiting' | 'rejected';

export interface FollowOptions {
  readonly api: Api;
  readonly query: URLSearchParams;
  /** What was stored since the last call. */
  readonly onEvents: (events: readonly StoredEvent[]) => void;
  readonly onState: (state: LiveState) => void;
  /** The stream has begun: what was stored until now is not in it, and everything later is. */
  readonly onBegin: () => void;
}

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;
/** Events of so long are shown at once. */
const GATHER_MS = 200;
/** A comment comes every 15 s: a stream that is silent for longer is dead. */
const SILENCE_MS = 40_000;

/**
 * Follows a search. It connects again behind the last position that it has, so that nothing is missed in between. Returns
 * a function that stops it.
 */
export function followEvents({ api, query, onEvents, onState, onBegin }: FollowOptions): () => void {
  const stopping = new AbortController();
  const gathered: StoredEvent[] = [];
  let since: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function gather(event: StoredEvent): void {
    gathered.push(event);
    timer ??= setTimeout(() => {
      timer = undefined;
      onEvents(gathered.splice(0));
    }, GATHER_MS);
  }

  async function readOnce(): Promise<void> {
    const dead = new AbortController();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => dead.abort(), SILENCE_MS);
    };
    const parameters = new URLSearchParams([...query, ...(since === undefined ? [] : [['since', since]])]);
    const signal = AbortSignal.any([stopping.signal, dead.signal]);
    try {
      heard();
      const response = await api.open('/stream', parameters, { signal, accept: 'text/event-stream' });
      if (response.body === null) return;
      for await (const { id, event, data } of readSse(response.body)) {
        heard();
        onState('live');
        if (since === undefined) onBegin();
        if (id !== '') since = id;
        if (event === 'admit' && data !== '') gather(JSON.parse(data) as StoredEvent);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  async function run(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    while (!stopping.signal.aborted) {
      onState('opening');
      const began = Date.now();
      const error = await readOnce().catch((thrown: unknown) => thrown);
      if (stopping.signal.aborted) return;
      if (error instanceof ApiError && [400, 401, 403].includes(error.status)) return onState('rejected');
      onState('waiting');
      if (Date.now() - began > MAX_DELAY_MS) delayMs = FIRST_DELAY_MS;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      delayMs = Math.min(2 * delayMs, MAX_DELAY_MS);
    }
  }

  void run();
  return () => {
    stopping.abort();
    clearTimeout(timer);
  };
}
