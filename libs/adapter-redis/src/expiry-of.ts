/** Redis drops a key after the millisecond of its expiry, but from `retainUntil` on a ticket is unknown. */
export function expiryOf(retainUntil: number): number {
  return Math.max(1, Math.ceil(retainUntil) - 1);
}
