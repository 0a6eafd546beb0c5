import { createHash } from 'node:crypto';
import { annotationsOf, labelsOf, type Notice } from './notice.ts';

/** What Alertmanager says for an alert that has not ended. */
const NOT_ENDED = '0001-01-01T00:00:00Z';

/** The body that Alertmanager's webhook receiver sends, version 4, with one alert. */
export function webhookBody(notice: Notice): unknown {
  const labels = labelsOf(notice);
  const annotations = annotationsOf(notice);
  const status = notice.endsAt === null ? 'firing' : 'resolved';
  const { alertname } = labels;
  return {
    version: '4',
    groupKey: `{}:{alertname=${JSON.stringify(alertname)}}`,
    truncatedAlerts: 0,
    status,
    receiver: 'admit-one',
    groupLabels: { alertname },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: '',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: new Date(notice.startsAt).toISOString(),
        endsAt: notice.endsAt === null ? NOT_ENDED : new Date(notice.endsAt).toISOString(),
        generatorURL: '',
        fingerprint: fingerprintOf(labels),
      },
    ],
  };
}

/** Identifies an alert by its labels. */
function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
}
