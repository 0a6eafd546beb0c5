import { type EventFacts, factsOf, isEventType, type ReceivedEvent } from '@admit-one/core';

/** An event as the audit API sends it: with its position in the event stream. */
export type ApiEvent = ReceivedEvent & { readonly position?: string };

/** `GET /api/v1/audit/events`. */
export interface EventsReply {
  readonly events: readonly ApiEvent[];
  /** Continues right after this page. */
  readonly next: string;
  /** RFC 3339: up to here the log was searched. */
  readonly scannedTo: string;
  /** Nothing more for now. */
  readonly end: boolean;
}

/** The members without which a reply is not of this API. */
export const eventsMembers = ['events', 'next', 'end'] as const;

/** `GET /api/v1/audit/explain`: what rejections have in common. */
export interface ExplainReply {
  readonly total: number;
  /** How many events there were in the hour before. */
  readonly baselineTotal?: number;
  readonly findings: readonly {
    readonly dimension: string;
    readonly value: string;
    readonly count: number;
    /** How many of the rejections have the dimension. */
    readonly known?: number;
    /** Of these, and of all events of the hour before that have it. */
    readonly share: number;
    readonly baselineShare: number;
    /** How many times more often; null where the hour before had none. */
    readonly lift: number | null;
  }[];
  readonly runbook: unknown;
}

export const explainMembers = ['total', 'findings', 'runbook'] as const;

/** `GET /api/v1/audit/summary`: counts by time and by the dimensions. */
export interface SummaryReply {
  readonly interval: string | number;
  readonly by: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export const summaryMembers = ['interval', 'by', 'rows'] as const;

/** `GET /api/v1/audit/completeness`: what is not in order, or everything. */
export interface CompletenessReply {
  /** Null in an empty log. */
  readonly horizon: string | null;
  readonly partitions: readonly {
    readonly partitionkey: string;
    readonly state: string;
    readonly missingCount: number;
    readonly conflictCount: number;
    readonly since: string | null;
  }[];
  /** The generations of the event stream. */
  readonly streams: readonly {
    readonly generation: number;
    readonly state: string;
    readonly missingCount: number;
    readonly lostCount: number;
    readonly since: string | null;
  }[];
  readonly conflicts: number;
  readonly deadLetters: number;
  readonly deadLetterSubjects: readonly string[];
  readonly acknowledgements: readonly (AcknowledgementReply & { readonly acknowledgedAt: string })[];
}

export const completenessMembers = ['horizon', 'partitions', 'streams', 'conflicts', 'deadLetters'] as const;

/** `GET /api/v1/audit/alerts`: what fires, may fire soon, or has resolved within a day. */
export interface AlertsReply {
  /** RFC 3339; null where the alerts were never evaluated. */
  readonly evaluatedAt: string | null;
  readonly alerts: readonly {
    readonly alert: string;
    readonly severity: string;
    readonly status: string;
    readonly since: string;
    /** When it resolves, where its condition no longer holds. */
    readonly resolvesAt?: string | null;
    readonly value: number | null;
    readonly detail: string | null;
    readonly inhibitedBy: string | null;
    readonly summary: string;
    readonly runbook: string;
  }[];
}

export const alertsMembers = ['evaluatedAt', 'alerts'] as const;

/** `POST /api/v1/audit/completeness/acknowledgements`. */
export interface AcknowledgementReply {
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly operator: string;
}

export const acknowledgementMembers = ['kind', 'name', 'reason', 'operator'] as const;

/** `GET /api/v1/audit/tickets/{id}` and its siblings. */
export interface StoryReply {
  readonly kind: string;
  readonly id: string;
  /** What happened, in a sentence. */
  readonly verdict: string;
  /** How far the last ticket came. */
  readonly stage: string | null;
  /** The reason that decides the verdict, and what to do about it. */
  readonly reason?: string | null;
  readonly whatToDo?: string | null;
  /** What the client last reported of a failure. */
  readonly lastFailure?: Readonly<Record<string, unknown>> | null;
  /** In their order, with the milliseconds since the first. */
  readonly events: readonly (ApiEvent & { readonly sinceMs?: number })[];
  /** Whether there are more events than these. */
  readonly truncated?: boolean;
}

export const storyMembers = ['kind', 'id', 'verdict', 'stage', 'events'] as const;

/** An event's facts; null where a later version of the server has a type that is unknown here. */
export function factsOfReply(event: ApiEvent): EventFacts | null {
  const { type, data } = event;
  return isEventType(type) && typeof data === 'object' && data !== null ? factsOf(event) : null;
}
