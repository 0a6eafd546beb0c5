import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AlertName,
  alertNames,
  alertRow,
  logConditionOfAlert,
  SLO_DAYS,
  type SloName,
  sloRow,
  slos,
} from '@admit-one/observability';
import { between } from './between.ts';
import { table } from './table.ts';

/** `docs/alerts.md` with its tables, made of the objectives and alerts. */
export function alertsPage(root: string): string {
  const page = readFileSync(join(root, 'docs', 'alerts.md'), 'utf8');
  return between(between(page, 'objectives', objectivesTable()), 'alerts', alertsTable());
}

function objectivesTable(): string {
  const rows = (Object.keys(slos) as SloName[]).map((name) => {
    const { objective, description } = sloRow(name);
    const allowed = Number(((1 - objective) * 100).toPrecision(6));
    return [`\`${name}\``, `${objective * 100} %`, `${allowed} % in ${SLO_DAYS} days`, description];
  });
  return table(['objective', 'good', 'error budget', 'what counts'], rows);
}

function alertsTable(): string {
  const rows = alertNames.map((name) => {
    const { severity, summary, forSeconds, inhibitedBy } = alertRow(name);
    const link = `[\`${name}\`](../observability/runbooks/${name}.md)`;
    const silencers = inhibitedBy.map((other: AlertName) => `\`${other}\``).join(', ');
    return [
      ...[link, severity, summary, durationOf(forSeconds)],
      ...[logConditionOfAlert(name) ? 'yes' : 'no', silencers || '–'],
    ];
  });
  return table(['alert', 'severity', 'what is wrong', 'after', 'without Prometheus', 'silenced by'], rows);
}

function durationOf(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
