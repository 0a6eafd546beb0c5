import { type ControlEntry, isInForce } from '@admit-one/core';
import { prefixMatcher } from '@admit-one/text';

/** The networks that operators have blocked. */
export interface BlockedPrefixes {
  /** Takes entries over; those of other kinds are ignored. */
  take(entries: readonly ControlEntry[], complete: boolean): void;
  /** @param address null where it is unknown @param now store time */
  has(address: string | null, now: number): boolean;
}

export function createBlockedPrefixes(): BlockedPrefixes {
  const blocked = new Map<
    string,
    { readonly entry: ControlEntry; readonly has: (address: string) => boolean }
  >();
  return {
    take(entries, complete) {
      if (complete) blocked.clear();
      for (const entry of entries) {
        if (entry.kind !== 'prefix' || entry.value === null) continue;
        if (entry.undone) blocked.delete(entry.id);
        else blocked.set(entry.id, { entry, has: prefixMatcher(entry.value) });
      }
    },
    has(address, now) {
      if (address === null) return false;
      for (const { entry, has } of blocked.values()) if (isInForce(entry, now) && has(address)) return true;
      return false;
    },
  };
}
