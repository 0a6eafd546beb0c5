import { alertNames, alertRow } from '../alerts.ts';

/** Two alerts are about the same installation if these are equal, or absent in both. */
const INSTALLATION = ['cluster', 'namespace'] as const;

/** An example configuration of Alertmanager: a route for each severity, and the inhibitions of the table. */
export function alertmanagerConfiguration() {
  return {
    route: {
      receiver: 'tickets',
      group_by: ['alertname', ...INSTALLATION],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: [
        {
          receiver: 'watchdog',
          matchers: ['alertname="AdmitWatchdog"'],
          group_wait: '0s',
          group_interval: '1m',
          repeat_interval: '1m',
        },
        { receiver: 'pager', matchers: ['severity="page"'], repeat_interval: '4h' },
        { receiver: 'tickets', matchers: ['severity="ticket"'] },
        { receiver: 'notes', matchers: ['severity="info"'] },
      ],
    },
    inhibit_rules: inhibitions(),
    receivers: ['pager', 'tickets', 'notes', 'watchdog'].map((name) => ({
      name,
      webhook_configs: [{ url: `https://alerts.example.com/${name}` }],
    })),
  };
}

function inhibitions() {
  return alertNames
    .map((name) => ({ name, causes: alertRow(name).inhibitedBy }))
    .filter(({ causes }) => causes.length > 0)
    .map(({ name, causes }) => ({
      source_matchers: [`alertname=~"${causes.join('|')}"`],
      target_matchers: [`alertname="${name}"`],
      equal: [...INSTALLATION],
    }));
}
