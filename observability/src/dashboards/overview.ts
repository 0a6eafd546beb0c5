import { slos } from '../slo.ts';
import { asks } from './asks.ts';
import { fromLog, highest, increaseInRange, quantileOfAll, rate, sum, whole } from './expressions.ts';
import type { DashboardSource } from './panel.ts';

const events = (selector: string) =>
  sum(fromLog(increaseInRange(`admit_slo_events_total{${selector}}`), 'slo', 'outcome'));

/** The share of good events of an objective in the time that is shown. */
function goodShare(slo: string): string {
  return `${events(`slo="${slo}", outcome="good"`)} / (${events(`slo="${slo}"`)} > 0)`;
}

export const overview: DashboardSource = {
  name: 'overview',
  title: 'Overview',
  description: 'Are rightful users getting in? If not, whose fault is it, and how much budget is left?',
  source: 'prometheus',
  rows: [
    {
      title: 'Are rightful users getting in?',
      panels: [
        {
          title: 'Admission success',
          shows:
            'The share of attempts that ended in a connection, without those that clients or attackers spoiled.',
          kind: 'stat',
          ...{
            unit: 'percentunit',
            max: 1,
            warnsAt: 0.995,
            failsAt: slos.admission_success.objective,
            lowIsBad: true,
          },
          queries: [{ expr: goodShare('admission_success'), legend: 'success' }],
          alerts: ['AdmitAdmissionsFailing', 'AdmitSuccessBurn'],
          ask: asks.rejections,
          span: 5,
        },
        {
          title: 'Availability',
          shows:
            'The share of attempts that no failure of the infrastructure spoiled. The objective is 99.9 %.',
          kind: 'stat',
          ...{
            unit: 'percentunit',
            max: 1,
            warnsAt: 0.9995,
            failsAt: slos.availability.objective,
            lowIsBad: true,
          },
          queries: [{ expr: goodShare('availability'), legend: 'availability' }],
          alerts: ['AdmitAvailabilityBurn', 'AdmitAvailabilitySlowBurn', 'AdmitFailureTrickle'],
          ask: asks.infrastructure,
          span: 5,
        },
        {
          title: 'Upgrades in time',
          shows: `${slos.upgrade_latency.description} The objective is 99 %.`,
          kind: 'stat',
          ...{
            unit: 'percentunit',
            max: 1,
            warnsAt: 0.995,
            failsAt: slos.upgrade_latency.objective,
            lowIsBad: true,
          },
          queries: [{ expr: goodShare('upgrade_latency'), legend: 'in time' }],
          alerts: ['AdmitUpgradeSlow'],
          ask: asks.doctor,
          span: 5,
        },
        {
          title: 'Open connections',
          shows: 'The connections that all edges hold.',
          ...{ kind: 'stat', unit: 'short' },
          queries: [{ expr: sum('admit_connections'), legend: 'connections' }],
          alerts: ['AdmitReconnectStorm'],
          ask: asks.closes,
          span: 4,
        },
        {
          title: 'Alerts that fire',
          shows:
            'By the evaluator of the audit-service, by severity. Those of Prometheus are marked in every panel.',
          ...{ kind: 'stat', unit: 'short', warnsAt: 1 },
          queries: [
            {
              expr: sum(fromLog('admit_alerts_firing', 'alert', 'severity'), 'severity'),
              legend: '{{severity}}',
            },
          ],
          alerts: ['AdmitWatchdog'],
          ask: { command: 'npx @admit-one/cli audit search type=admit.alert.fired from=-1d' },
          span: 5,
        },
        {
          title: 'Admissions',
          shows: 'Tickets consumed each second, by the pathway that their session was verified by.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: fromLog(rate('admit_tickets_total{stage="consumed"}'), 'pathway'),
              legend: '{{pathway}}',
            },
          ],
          alerts: ['AdmitNoAdmissions', 'AdmitAdmissionsFailing'],
          ask: asks.admissions,
          span: 12,
        },
        {
          title: 'Rejections by fault',
          shows:
            'Who caused them. Only `infrastructure` spends the error budget; `policy` is a setting, often a forgotten origin.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: sum(fromLog(rate('admit_rejections_total'), 'reason', 'fault'), 'fault'),
              legend: '{{fault}}',
            },
          ],
          alerts: ['AdmitAdmissionsFailing', 'AdmitPrefixRejected'],
          ask: asks.rejections,
          span: 12,
        },
      ],
    },
    {
      title: 'How much may still fail?',
      panels: [
        {
          title: 'Error budget of 30 days',
          shows:
            'What is left of it, by objective; below 0 more failed than may (at -100 %, twice as much or more). The audit-service knows 30 days, Prometheus keeps 15 by default.',
          ...{ kind: 'bars', unit: 'percentunit', min: -1, max: 1 },
          ...{ warnsAt: 0.5, failsAt: 0.2, lowIsBad: true },
          queries: [
            {
              expr: `clamp_min(${fromLog('admit_slo_budget_remaining_ratio', 'slo')}, -1)`,
              legend: '{{slo}}',
            },
          ],
          alerts: ['AdmitAvailabilityBurn', 'AdmitSuccessBurn', 'AdmitUpgradeSlow'],
          ask: asks.infrastructure,
          span: 8,
        },
        {
          title: 'Bad events by objective',
          shows: 'What spends the budgets, each second.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [
            { expr: fromLog(rate('admit_slo_events_total{outcome="bad"}'), 'slo'), legend: '{{slo}}' },
          ],
          alerts: ['AdmitAvailabilityBurn', 'AdmitSuccessBurn', 'AdmitFailureTrickle'],
          ask: asks.rejections,
          span: 8,
        },
        {
          title: 'Failures of the infrastructure',
          shows:
            'Rejections that are our fault, by reason: what to repair first. Without data there are none.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: highest(fromLog(rate('admit_rejections_total{fault="infrastructure"}'), 'reason')),
              legend: '{{reason}}',
            },
          ],
          alerts: ['AdmitStoreDown', 'AdmitBusDown', 'AdmitIssuerKeysUnusable', 'AdmitUnknownReason'],
          ask: asks.infrastructure,
          span: 8,
        },
      ],
    },
    {
      title: 'What is it running on?',
      panels: [
        {
          title: 'Dependencies',
          shows: 'How many instances reach each engine: the share of 1 is all of them, 0 is none.',
          ...{ kind: 'bars', unit: 'percentunit', max: 1, warnsAt: 1, failsAt: 0.01, lowIsBad: true },
          queries: [{ expr: 'avg by (dependency) (admit_dependency_up)', legend: '{{dependency}}' }],
          alerts: ['AdmitStoreDown', 'AdmitBusDown', 'AdmitAuditLogStalled', 'AdmitIssuerKeysUnusable'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Time since a dependency was lost or came back',
          shows: 'The shortest time at any instance: a small number is a change that has just happened.',
          ...{ kind: 'bars', unit: 's' },
          queries: [
            {
              expr: 'min by (dependency) (time() - admit_dependency_changed_timestamp_seconds)',
              legend: '{{dependency}}',
            },
          ],
          alerts: ['AdmitStoreDown', 'AdmitBusDown'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Instances',
          shows: 'Instances that the log has heard of within 30 seconds, by service.',
          ...{ kind: 'timeseries', unit: 'short' },
          queries: [{ expr: fromLog('admit_service_instances', 'service'), legend: '{{service}}' }],
          alerts: ['AdmitEdgeLost', 'AdmitEdgeCrashLoop'],
          ask: asks.services,
          span: 8,
        },
        {
          title: 'Starts of services',
          shows:
            'How often a service started in the time that is shown. More than deployments explain is a crash loop.',
          ...{ kind: 'bars', unit: 'short' },
          queries: [
            {
              expr: whole(fromLog(increaseInRange('admit_service_starts_total'), 'service')),
              legend: '{{service}}',
            },
          ],
          alerts: ['AdmitEdgeCrashLoop'],
          ask: asks.services,
          span: 8,
        },
        {
          title: 'Versions',
          shows: 'How many instances run each version, and on which Node.',
          ...{ kind: 'bars', unit: 'short' },
          queries: [
            {
              expr: 'count by (service, version, node) (admit_build_info)',
              legend: '{{service}} {{version}}, Node {{node}}',
            },
          ],
          alerts: [],
          ask: asks.services,
          span: 16,
        },
      ],
    },
    {
      title: 'What do users see from outside?',
      panels: [
        {
          title: 'Probe attempts',
          shows:
            'What `admit probe` gets through DNS, load balancer and TLS. Its events are in no objective.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [{ expr: sum(rate('admit_probe_attempts_total'), 'outcome'), legend: '{{outcome}}' }],
          alerts: ['AdmitProbeFailing'],
          ask: { command: 'npx @admit-one/cli probe' },
          span: 8,
        },
        {
          title: 'Probe: 90 % take at most',
          shows: 'How long each stage of an attempt takes.',
          ...{ kind: 'timeseries', unit: 's' },
          queries: [
            {
              expr: quantileOfAll(0.9, 'admit_probe_stage_duration_seconds', 'stage'),
              legend: '{{stage}}',
            },
          ],
          alerts: ['AdmitProbeFailing', 'AdmitUpgradeSlow'],
          ask: { command: 'npx @admit-one/cli probe' },
          span: 8,
        },
        {
          title: 'Since the last success of a probe',
          shows: 'More than a minute: nobody may be getting in.',
          ...{ kind: 'stat', unit: 's', warnsAt: 30, failsAt: 60, height: 8 },
          queries: [
            { expr: 'min(time() - admit_probe_last_success_timestamp_seconds)', legend: 'since success' },
          ],
          alerts: ['AdmitProbeFailing'],
          ask: { command: 'npx @admit-one/cli probe' },
          span: 8,
        },
      ],
    },
  ],
};
