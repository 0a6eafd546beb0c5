import {
  type ControlEntry,
  type ControlStore,
  changeControl,
  controlIdOf,
  createControlCopy,
  mergedEntry,
} from '@admit-one/core';
import { newEvent } from '../sample-events.ts';

/** An entry about a subject, for a minute from the year 2025 on. */
export function entryAbout(subject: string, given: Partial<ControlEntry> = {}): ControlEntry {
  return {
    id: controlIdOf(subject),
    kind: 'session',
    issuer: 'main',
    session: 'session',
    user: null,
    value: null,
    subject,
    at: 1_750_000_000,
    changedAt: 1_750_000_000_000,
    until: Number.MAX_SAFE_INTEGER,
    why: 'test',
    by: 'test',
    undone: false,
    ...given,
  };
}

/** Adds an entry to a store whose entries may never have been restored; it keeps what an earlier one rejects. */
export async function addEntry(control: ControlStore, entry: ControlEntry): Promise<void> {
  await control.restore([]);
  const copy = createControlCopy();
  const decide = (now: number) => mergedEntry(entry, copy.about(entry.subject), now);
  const event = newEvent({ type: 'admit.session.revoked', subject: entry.id, data: { ...entry } });
  await changeControl(control, copy, decide, () => event);
}

/** Revokes a session or user. @param at Unix seconds @param until store time, Unix milliseconds */
export function revokeSubject(
  control: ControlStore,
  subject: string,
  at: number,
  until: number,
): Promise<void> {
  return addEntry(control, entryAbout(subject, { at, until }));
}
