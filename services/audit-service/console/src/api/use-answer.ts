import { useCallback, useEffect, useState } from 'react';

/** How often a page that shows what is current asks again. */
export const REFRESH_MS = 10_000;

/** What a view has of an answer that it asked for. While it asks again, it keeps the one before. */
export interface Asked<Value> {
  readonly value: Value | undefined;
  /** Why the last request failed; undefined after one that did not. */
  readonly error: unknown;
  readonly loading: boolean;
  readonly again: () => void;
}

export interface AskOptions {
  /** Ask again after so long, also after a failure. */
  readonly everyMs?: number;
  /** Whether the answer for another key stays until the new one comes: for what moves on with the time. */
  readonly keep?: boolean;
}

/**
 * Asks when the component appears and when `key` changes. An answer that was asked for another key is dropped.
 * @param key all that the answer depends on; null: there is nothing to ask for
 */
export function useAnswer<Value>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<Value>,
  { everyMs, keep = false }: AskOptions = {},
): Asked<Value> {
  const [state, setState] = useState<{
    key: string | null;
    value?: Value;
    error?: unknown;
    loading: boolean;
  }>({
    key: null,
    loading: false,
  });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for all that `ask` depends on
  useEffect(() => {
    if (key === null) return setState({ key, loading: false });
    const stopping = new AbortController();
    const { signal } = stopping;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState((before) =>
      before.key === key || keep ? { ...before, key, loading: true } : { key, loading: true },
    );
    ask(signal)
      .then(
        (value) => setState({ key, value, loading: false }),
        (error: unknown) => {
          if (!signal.aborted) setState((before) => ({ ...before, error, loading: false }));
        },
      )
      .finally(() => {
        if (everyMs !== undefined && !signal.aborted) timer = setTimeout(again, everyMs);
      });
    return () => {
      stopping.abort();
      clearTimeout(timer);
    };
  }, [key, turn, everyMs, again]);

  return {
    value: state.key === key || keep ? state.value : undefined,
    error: state.error,
    loading: state.loading,
    again,
  };
}
