import type { AlertSeverity } from '@admit-one/core';
import { type AlertName, alertNames, alertRow, runbookOf } from '../alerts.ts';
import { toPromQl } from '../promql.ts';

const severities = { page: 'CRITICAL', ticket: 'ERROR', info: 'WARNING' } as const satisfies Record<
  AlertSeverity,
  string
>;

/** Cloud Monitoring closes an incident after this at the earliest. */
const AUTO_CLOSE_SECONDS = 1_800;

/** It notifies about no incident that stays open for ever, so nobody would miss it. */
const leftOut: ReadonlySet<AlertName> = new Set(['AdmitWatchdog']);

/**
 * Policies of Cloud Monitoring as a Terraform file, for Cloud Run, which has no evaluator of rules. The variable
 * `notification_channels` has the channels by severity.
 */
export function cloudMonitoringPolicies() {
  const names = alertNames.filter((name) => !leftOut.has(name));
  return {
    variable: {
      notification_channels: {
        description: 'The ids of the notification channels of alerts, by severity: page, ticket, info',
        type: 'map(list(string))',
        default: { page: [], ticket: [], info: [] },
      },
    },
    resource: {
      google_monitoring_alert_policy: Object.fromEntries(
        names.map((name) => [resourceName(name), policy(name)]),
      ),
    },
  };
}

function policy(name: AlertName) {
  const { severity, summary, description, condition, forSeconds, keepFiringForSeconds } = alertRow(name);
  return {
    display_name: name,
    severity: severities[severity],
    combiner: 'OR',
    conditions: [
      {
        display_name: summary,
        condition_prometheus_query_language: {
          query: toPromQl(condition),
          duration: `${forSeconds}s`,
          evaluation_interval: '30s',
          alert_rule: name,
          rule_group: 'admit-one',
          labels: { severity },
          // A metric that no process has sent yet is no error.
          disable_metric_validation: true,
        },
      },
    ],
    alert_strategy: { auto_close: `${Math.max(AUTO_CLOSE_SECONDS, keepFiringForSeconds)}s` },
    documentation: {
      subject: `${name}: ${summary}`,
      content: `${description}\n\nRunbook: ${runbookOf(name)}`,
      mime_type: 'text/markdown',
    },
    notification_channels: `\${var.notification_channels["${severity}"]}`,
    user_labels: { severity },
  };
}

/** `admit_store_down` of `AdmitStoreDown`. */
function resourceName(name: AlertName): string {
  return name.replaceAll(/\B[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
