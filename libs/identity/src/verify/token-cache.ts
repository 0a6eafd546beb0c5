import { hash } from 'node:crypto';

/** Values by token. Only a hash of the token is kept. */
export interface TokenCache<Value> {
  get(token: string): Value | undefined;
  /** @param until Unix milliseconds */
  set(token: string, value: Value, until: number): void;
}

/** A cache of at most `capacity` tokens; the oldest is evicted first. */
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
      const [oldest] = entries.keys();
      if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
    },
  };
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
