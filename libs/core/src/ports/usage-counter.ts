/** How long a window of a usage counter lasts. */
export const USAGE_WINDOW_MS = 60_000;

/** How much of a key was used in its present window. */
export interface Usage {
  readonly count: number;
  /** When the window ends, in milliseconds from now. */
  readonly endsInMs: number;
}

/**
 * Counts uses by key, for every instance on the same store together. Limits are made of it and nothing else: the store may
 * lose counts, and a repeated call counts twice.
 */
export interface UsageCounter {
  /**
   * Adds to the count of a key. Its window begins with the first addition and is not extended by later ones; after it, the
   * count begins at 0.
   * @param points a whole number from 1
   * @throws {StoreError} the count is then unknown
   */
  add(key: string, points: number): Promise<Usage>;
}
