import {
  type ControlEntry,
  type ControlTarget,
  controlIdOf,
  mergedEntry,
  subjectOfTarget,
} from '@admit-one/core';

/** A decision about running sessions, and why. */
export interface ControlDecision {
  readonly target: ControlTarget;
  /** Tokens issued up to then are rejected, Unix seconds. Undefined: up to now. */
  readonly at?: number | undefined;
  /** Store time, Unix milliseconds. */
  readonly until: number;
  readonly why: string;
  /** Who decided. */
  readonly by: string;
}

/** What a decision is about, with the members that it does not need. */
export function targetOf(target: Pick<ControlTarget, 'kind'> & Partial<ControlTarget>): ControlTarget {
  return { issuer: null, session: null, user: null, value: null, ...target };
}

/** The entry of a decision. @param about finds the present entry about a subject @param now store time, Unix milliseconds */
export function entryOf(
  { target, at, until, why, by }: ControlDecision,
  about: (subject: string) => ControlEntry | undefined,
  now: number,
): ControlEntry {
  const subject = subjectOfTarget(target);
  const entry: ControlEntry = {
    id: controlIdOf(subject),
    ...target,
    subject,
    at: at ?? Math.floor(now / 1000),
    changedAt: now,
    until,
    why,
    by,
    undone: false,
  };
  return mergedEntry(entry, about(subject), now);
}
