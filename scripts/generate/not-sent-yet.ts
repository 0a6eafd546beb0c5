import type { Reason } from '@admit-one/core';

/** Reasons of what is not built yet: revocation, and the end of a live connection when its token expires. */
export const notSentYet: ReadonlySet<Reason> = new Set([
  'ticket_revoked',
  'session_revoked',
  'ticket_consumed',
  'session_expired',
]);
