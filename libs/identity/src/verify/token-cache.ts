import { hash } from 'node:crypto';

/** Remembers what was made of a token, under its hash. */
export interface TokenCache<Value> {
  get(token: string): Value | undefined;
  /** @param until Unix milliseconds */
  set(token: string, value: Value, until: number): void;
}

/** Makes a cache of at most `capacity` tokens; the one that came first leaves first. */
export function createTokenCache<Value>(capacity: number): TokenCache<Value> {
  const entries = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    get(token) {
      const entry = entries.get(hashOf(token));
      return entry && Date.now() < entry.until ? entry.value : undefined;
    },
    set(token, value, until) {
      const key = hashOf(token);
      entries.delete(key);
      entries.set(key, { value, until });
      const [eldest] = entries.keys();
      if (entries.size > capacity && eldest !== undefined) entries.delete(eldest);
    },
  };
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
