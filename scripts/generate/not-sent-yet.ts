import type { Reason } from '@admit-one/core';

/** Reasons of what is not built yet: the end of a live connection when its token expires. */
export const notSentYet: ReadonlySet<Reason> = new Set(['session_expired']);
