import type { EventType } from '@admit-one/core';
import type { ValueCount } from './score.ts';

/** A range of time, by the minute, and which of its events are counted. */
interface CountedRange {
  readonly from: string;
  readonly to: string;
  readonly types?: readonly EventType[] | undefined;
  readonly reasons?: readonly string[] | undefined;
}

/** The number of events in an interval; a folded event counts as its `count`. */
export interface EventCount {
  readonly time: string;
  readonly type: EventType;
  readonly reason: string | null;
  /** Of the dimension; null where none was asked for. */
  readonly value: string | null;
  readonly count: number;
}

/** What of the audit log is read for counts. */
export interface EventCounts {
  counts(
    query: CountedRange & { readonly intervalSeconds: number; readonly dimension?: string | undefined },
  ): Promise<readonly EventCount[]>;
  topValues(query: CountedRange & { readonly limit: number }): Promise<readonly ValueCount[]>;
}
