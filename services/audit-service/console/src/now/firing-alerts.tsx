import { Severity } from '../alerts/severity.tsx';
import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { Link, urlOf } from '../app/router.tsx';
import { useApi } from '../app/session.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';

export function FiringAlerts() {
  const api = useApi();
  const answer = useAnswer('alerts', (signal) => api.alerts(signal), { everyMs: REFRESH_MS });
  return (
    <section className="panel" aria-labelledby="firing">
      <h2 id="firing">Alerts that fire</h2>
      <Answer of={answer}>
        {({ alerts }) => {
          const firing = alerts.filter(({ status }) => status === 'firing');
          if (firing.length === 0) return <Empty>None.</Empty>;
          return (
            <ul className="firing">
              {firing.map(({ alert, severity, summary, since }) => (
                <li key={alert}>
                  <Severity of={severity} />
                  <span>
                    <Link href={urlOf('/alerts', { alert })}>{summary}</Link>{' '}
                    <span className="note">
                      since <Time at={since} />
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Answer>
    </section>
  );
}
