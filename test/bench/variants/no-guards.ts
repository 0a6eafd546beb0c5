import type { TicketAppend } from '@admit-one/core';

/** In the place of the guards and fences of a command: revocations are looked for nowhere. */
export function guardsOf(): Pick<TicketAppend, 'guards' | 'fences'> {
  return { guards: [], fences: [] };
}

export function revocationSubjectsOf(): readonly string[] {
  return [];
}
