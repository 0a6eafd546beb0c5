import type { Alert, Alerts } from '@admit-one/audit-service/api-types';
import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { Link, urlOf, usePlace } from '../app/router.tsx';
import { useApi } from '../app/session.tsx';
import { Chip } from '../ui/chip.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { AlertDetail } from './alert-detail.tsx';
import { runbookNames } from './runbook.ts';
import { Severity } from './severity.tsx';

/** What fires, what has resolved within a day, and the runbook of the chosen one. */
export function AlertsPage() {
  const api = useApi();
  const answer = useAnswer('alerts', (signal) => api.alerts(signal), { everyMs: REFRESH_MS });
  return <Answer of={answer}>{(alerts) => <AlertsView {...alerts} />}</Answer>;
}

function AlertsView({ alerts, evaluatedAt, silencesAt }: Alerts) {
  const chosen = usePlace().query.get('alert') ?? alerts[0]?.alert ?? null;
  return (
    <div className="alerts">
      <section className="panel" aria-labelledby="listed">
        <h2 id="listed">Fired and resolved</h2>
        {alerts.length === 0 ? (
          <Empty>Nothing fires, and nothing has resolved within a day.</Empty>
        ) : (
          <Table
            caption="Alerts"
            rows={alerts}
            keyOf={({ alert }) => alert}
            columns={[
              { head: 'Status', cell: ({ status }) => <Status of={status} /> },
              { head: 'Severity', cell: ({ severity }) => <Severity of={severity} /> },
              { head: 'What', cell: (row) => <AlertLink {...row} isChosen={row.alert === chosen} /> },
              { head: 'Since', cell: ({ since }) => <Time at={since} /> },
            ]}
          />
        )}
        <p className="note">
          {evaluatedAt === null ? (
            'The alerts were never evaluated: look at the log of the audit-service.'
          ) : (
            <>
              Evaluated at <Time at={evaluatedAt} />.
            </>
          )}{' '}
          Earlier ones:{' '}
          <Link href={urlOf('/search', { type: 'admit.alert.fired', from: '-7d' })}>search</Link>.
        </p>
      </section>
      {chosen !== null && (
        <AlertDetail
          name={chosen}
          alert={alerts.find(({ alert }) => alert === chosen)}
          silencesAt={silencesAt}
        />
      )}
      <details className="panel">
        <summary>Runbooks of all alerts</summary>
        <ul className="runbooks">
          {runbookNames.map((alert) => (
            <li key={alert}>
              <Link href={urlOf('/alerts', { alert })}>{alert}</Link>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

const tones = { firing: 'bad', pending: 'warn', resolved: 'good' } as const satisfies Record<
  Alert['status'],
  string
>;

function Status({ of }: { readonly of: Alert['status'] }) {
  return <Chip tone={tones[of]}>{of}</Chip>;
}

function AlertLink({ alert, summary, isChosen }: Alert & { readonly isChosen: boolean }) {
  return (
    <Link href={urlOf('/alerts', { alert })} aria-current={isChosen ? 'true' : undefined}>
      {summary}
    </Link>
  );
}
