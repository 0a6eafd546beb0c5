import { type LogEventRows, outageMembers, recoveryMembers, severityOfReason } from './log-event-row.ts';

const alert = { alert: 'Its name.', alertSeverity: '`page`, `ticket` or `info`.' } as const;
const receiver = 'The host that notices are posted to.';

/** The alerts that the audit-service evaluates. */
export const alertEvents = {
  alert_fired: {
    severity: severityOfReason,
    meaning:
      'An alert began: CRITICAL for a page, WARNING for a ticket, INFO where another alert explains it.',
    remedy: 'Follow the runbook.',
    members: {
      ...alert,
      summary: 'What it means.',
      value: 'What was measured.',
      detail: 'Where, or whom it is about.',
      inhibitedBy: 'The alert that explains it; null where none does.',
      runbook: 'The runbook.',
    },
  },
  alert_resolved: {
    severity: 'INFO',
    meaning: 'An alert ended.',
    members: { ...alert, seconds: 'How long it lasted.' },
  },
  alerts_not_kept: {
    severity: ['ERROR', 'DEBUG'],
    meaning: 'Alerts cannot be evaluated, though no dependency is down.',
    remedy: 'Look at the cause.',
    members: outageMembers,
  },
  alerts_kept_again: { severity: 'INFO', meaning: 'Alerts are evaluated again.', members: recoveryMembers },
  alert_not_delivered: {
    severity: ['ERROR', 'DEBUG'],
    meaning: 'A receiver does not take notices of alerts. They are tried again.',
    remedy: 'Check ALERTMANAGER_URL or ALERT_WEBHOOK_URL, and the receiver.',
    members: { ...outageMembers, receiver },
  },
  alerts_delivered_again: {
    severity: 'INFO',
    meaning: 'The receiver takes notices again.',
    members: { ...recoveryMembers, receiver },
  },
} as const satisfies LogEventRows;
