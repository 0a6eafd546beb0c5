/** How often a contract looks for what must come about: an option of `expect.poll`. */
export const OFTEN = { interval: 10 } as const;

/** A promise that is settled from outside, to hold a handler at a point. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Watches a promise: whether it has settled by now. */
export function settling(promise: Promise<unknown>): { readonly settled: boolean } {
  const watch = { settled: false };
  const settle = () => {
    watch.settled = true;
  };
  promise.then(settle, settle);
  return watch;
}
