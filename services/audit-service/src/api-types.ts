/** The types of the audit API's answers, for the console. Types alone: nothing of the service comes with them. */
import type { StoredEvent, TicketCohort } from '@admit-one/core';
import type { Static } from 'typebox';
import type { AlertsReply } from './alerts/alert-schemas.ts';
import type { FleetReply } from './fleet/fleet-schemas.ts';
import type { SessionReply } from './operators/session-schemas.ts';
import type { SettingsReply } from './settings/settings-schemas.ts';

export type { Completeness, PartitionCompleteness, StreamCompleteness } from './completeness/completeness.ts';
export type { Explanation } from './explain/explain.ts';
export type { CommonValue } from './explain/score.ts';
export type { ObjectivesAnswer } from './objectives/objectives-schemas.ts';
export type { FoundStory } from './stories/find-story.ts';
export type { StoryEvent, StoryKind, StoryTicket } from './stories/story.ts';

export type Alerts = Static<typeof AlertsReply>;
export type Alert = Alerts['alerts'][number];

export type Fleet = Static<typeof FleetReply>;
export type Instance = Fleet['instances'][number];

export type Settings = Static<typeof SettingsReply>;

/** Who asks, and how people sign in. */
export type SessionAnswer = Static<typeof SessionReply>;
export type OperatorView = NonNullable<SessionAnswer['operator']>;
/** The code flow by which people sign in. */
export type SignInWay = NonNullable<SessionAnswer['signIn']>;

/** What `GET /api/v1/audit/events` answers. */
export interface EventsAnswer {
  readonly events: readonly StoredEvent[];
  readonly next: string;
  /** RFC 3339: how far the log was searched. */
  readonly scannedTo: string;
  readonly end: boolean;
}

/** A count of `GET /api/v1/audit/summary`, with a member for each name of `by`. */
export interface SummaryRow {
  readonly time: string;
  readonly count: number;
  readonly type?: string;
  readonly reason?: string | null;
}

export interface SummaryAnswer {
  readonly interval: string;
  readonly by: readonly string[];
  readonly rows: readonly SummaryRow[];
}

export interface CohortsAnswer {
  readonly rows: readonly TicketCohort[];
}
