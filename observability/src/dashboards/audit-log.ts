import { asks } from './asks.ts';
import type { DashboardSource } from './panel.ts';

const newestRejections = `
SELECT time, reason, count, route, origin, edge, client, network, support_code AS "support code"
FROM admit_dashboard.rejection
WHERE $__timeFilter(time)
ORDER BY time DESC
LIMIT 100`;

const rejectionsByReason = `
SELECT $__timeGroup(minute, $__interval) AS time, reason AS metric, sum(count) AS rejections
FROM admit_dashboard.minute
WHERE $__timeFilter(minute) AND dimension = 'type' AND reason <> '' AND type <> 'admit.connection.closed'
GROUP BY 1, 2
ORDER BY 1, 2`;

const eventsByType = `
SELECT $__timeGroup(minute, $__interval) AS time, type AS metric, sum(count) AS events
FROM admit_dashboard.minute
WHERE $__timeFilter(minute) AND dimension = 'type'
GROUP BY 1, 2
ORDER BY 1, 2`;

/** The same finding as `explain` of the audit API: values that rejections have more often than all events before. */
const inCommon = `
WITH counted AS (
  SELECT dimension, value, sum(count) AS count FROM admit_dashboard.minute
  WHERE $__timeFilter(minute) AND reason <> '' AND type <> 'admit.connection.closed'
    AND dimension IN ('reason', 'route', 'edge', 'origin', 'pathway', 'carrier', 'client', 'prefix')
  GROUP BY 1, 2
), before AS (
  SELECT dimension, value, sum(count) AS count FROM admit_dashboard.minute
  WHERE minute >= $__timeFrom()::timestamptz - interval '1 hour' AND minute < $__timeFrom()::timestamptz
  GROUP BY 1, 2
), compared AS (
  SELECT dimension, value, counted.count,
         counted.count / sum(counted.count) OVER (PARTITION BY dimension) AS share,
         coalesce(before.count / (SELECT sum(count) FROM before AS all_before
                                  WHERE all_before.dimension = counted.dimension), 0) AS share_before
  FROM counted LEFT JOIN before USING (dimension, value)
)
SELECT dimension, value, count AS rejections, share, share_before AS "share before"
FROM compared
WHERE share >= 0.2 AND share >= 2 * share_before
ORDER BY share - share_before DESC, count DESC
LIMIT 20`;

const networks = `
SELECT value AS network, sum(count) AS rejections,
       string_agg(DISTINCT reason, ', ' ORDER BY reason) AS reasons
FROM admit_dashboard.minute
WHERE $__timeFilter(minute) AND dimension = 'prefix'
GROUP BY 1
ORDER BY 2 DESC
LIMIT 20`;

const blockedOrigins = `
SELECT value AS origin, sum(count) AS rejections, max(minute) AS "last in the minute"
FROM admit_dashboard.minute
WHERE $__timeFilter(minute) AND dimension = 'origin' AND reason = 'origin_blocked'
GROUP BY 1
ORDER BY 2 DESC
LIMIT 20`;

export const auditLog: DashboardSource = {
  name: 'audit-log',
  title: 'Audit log',
  description:
    'The newest rejections and what they have in common. Reads the database with the role of deploy/postgres/dashboard-role.sql: no user ids, addresses or sessions.',
  source: 'postgres',
  rows: [
    {
      title: 'What is rejected?',
      panels: [
        {
          title: 'Rejections by reason',
          shows: 'In each interval. A folded event counts as its count.',
          ...{ kind: 'stacked', unit: 'short' },
          queries: [{ sql: rejectionsByReason, format: 'time_series' }],
          alerts: ['AdmitAdmissionsFailing'],
          ask: { command: 'npx @admit-one/cli audit summary by=reason from=-6h', api: 'summary?by=reason' },
          span: 12,
        },
        {
          title: 'Events by type',
          shows: 'In each interval: how much the log stores.',
          ...{ kind: 'stacked', unit: 'short' },
          queries: [{ sql: eventsByType, format: 'time_series' }],
          alerts: ['AdmitAuditLogStalled'],
          ask: { command: 'npx @admit-one/cli audit summary by=type from=-6h', api: 'summary?by=type' },
          span: 12,
        },
        {
          title: 'What rejections have in common',
          shows:
            'Values that 20 % or more of the rejections have, at least twice as often as all events of the hour before.',
          ...{ kind: 'table', unit: 'none', shares: ['share', 'share before'] },
          queries: [{ sql: inCommon, format: 'table' }],
          alerts: ['AdmitAdmissionsFailing', 'AdmitOriginBlocked', 'AdmitPrefixRejected'],
          ask: asks.rejections,
          span: 12,
        },
        {
          title: 'Networks with the most rejections',
          shows: 'IPv4 /24 and IPv6 /64. Addresses are in the audit API only.',
          ...{ kind: 'table', unit: 'none' },
          queries: [{ sql: networks, format: 'table' }],
          alerts: ['AdmitPrefixRejected'],
          ask: {
            command: 'npx @admit-one/cli audit summary by=prefix interval=5m from=-15m',
            api: 'summary?by=prefix&interval=5m',
          },
          span: 12,
        },
        {
          title: 'Newest rejections',
          shows:
            'Each with its support code, where a ticket was presented: `npx @admit-one/cli why <code>` tells its story.',
          ...{ kind: 'table', unit: 'none' },
          queries: [{ sql: newestRejections, format: 'table' }],
          alerts: ['AdmitTicketsReplayed'],
          ask: {
            command: 'npx @admit-one/cli audit search type=admit.ticket.rejected',
            api: 'events?type=admit.ticket.rejected&order=desc',
          },
          span: 16,
        },
        {
          title: 'Blocked origins',
          shows: 'Origins that FRONTEND_ORIGINS does not list.',
          ...{ kind: 'table', unit: 'none' },
          queries: [{ sql: blockedOrigins, format: 'table' }],
          alerts: ['AdmitOriginBlocked'],
          ask: asks.blockedOrigins,
          span: 8,
        },
      ],
    },
  ],
};
