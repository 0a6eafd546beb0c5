import { admissionEvents } from './admission-events.ts';
import { alertEvents } from './alert-events.ts';
import { auditEvents } from './audit-events.ts';
import { controlEvents } from './control-events.ts';
import { deliveryEvents } from './delivery-events.ts';
import { dependencyEvents } from './dependency-events.ts';
import type { commonMembers, LogEventRows, LogSeverity } from './log-event-row.ts';
import { processEvents } from './process-events.ts';

/** The lines by what they are about, in the order of the documentation. */
export const logEventGroups: readonly { readonly title: string; readonly events: LogEventRows }[] = [
  { title: 'Start, stop and HTTP', events: processEvents },
  { title: 'Engines and issuers', events: dependencyEvents },
  { title: 'Tickets and connections', events: admissionEvents },
  { title: 'Events on their way', events: deliveryEvents },
  { title: 'Control', events: controlEvents },
  { title: 'The audit log', events: auditEvents },
  { title: 'Alerts', events: alertEvents },
];

/** Every line that the services log, by its `message`. A line that is not in it does not compile. */
export const logEvents = {
  ...processEvents,
  ...dependencyEvents,
  ...admissionEvents,
  ...deliveryEvents,
  ...controlEvents,
  ...auditEvents,
  ...alertEvents,
} as const;

type LogEvents = typeof logEvents;

/** The name of a log line: its `message`. */
export type LogEventName = keyof LogEvents;

type EachOf<Given> = Given extends readonly (infer Each)[] ? Each : Given;

/** The severities that a line may have. */
export type LogSeverityOf<Name extends LogEventName> = EachOf<LogEvents[Name]['severity']> & LogSeverity;

/** The names of the lines that may have a severity. */
export type LogEventNameAt<Severity extends LogSeverity> = {
  [Name in LogEventName]: [Severity] extends [LogSeverityOf<Name>] ? Name : never;
}[LogEventName];

type MembersOf<Row> = Row extends { readonly members: infer Members } ? keyof Members : never;

/** The members of a log line. */
export type LogFacts<Name extends LogEventName> = {
  readonly [Member in MembersOf<LogEvents[Name]> | keyof typeof commonMembers]?: unknown;
};

/** The names of the lines that `createOutageLog` writes for failures. */
export type FailureName = {
  [Name in LogEventName]: 'cause' extends MembersOf<LogEvents[Name]>
    ? 'DEBUG' extends LogSeverityOf<Name>
      ? Name
      : never
    : never;
}[LogEventName];

/** The names of those that it writes for recoveries. */
export type RecoveryName = {
  [Name in LogEventName]: 'failures' extends MembersOf<LogEvents[Name]> ? Name : never;
}[LogEventName];
