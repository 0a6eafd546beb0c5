import type { Principal } from '@admit-one/core';

/** Whose something is, as far as the demo tells one from another. Session ids are unique to their issuer only. */
export type Session = Pick<Principal, 'issuer' | 'session'>;
