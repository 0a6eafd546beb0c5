import type { Alert } from '@admit-one/audit-service/api-types';
import { Link, urlOf } from '../app/router.tsx';
import { Code } from '../ui/code.tsx';
import { Empty } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { runbooks } from './runbook.ts';
import { RunbookView } from './runbook-view.tsx';

export interface AlertDetailProps {
  readonly name: string;
  /** Undefined where it neither fires nor has resolved lately. */
  readonly alert: Alert | undefined;
  readonly silencesAt: string | null;
}

/** An alert with what it is about, and its runbook. */
export function AlertDetail({ name, alert, silencesAt }: AlertDetailProps) {
  const runbook = Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
  return (
    <section className="panel alert" aria-labelledby="chosen">
      <h2 id="chosen">
        <bdi>{name}</bdi>
      </h2>
      {alert && <Facts {...alert} />}
      {silencesAt !== null && (
        <p>
          <a href={silenceUrl(silencesAt, name)} target="_blank" rel="noreferrer">
            Silence it in Alertmanager
          </a>
        </p>
      )}
      {runbook ? <RunbookView blocks={runbook} /> : <Empty>There is no such alert.</Empty>}
    </section>
  );
}

function silenceUrl(silencesAt: string, name: string): string {
  return `${silencesAt}/new?filter=${encodeURIComponent(`{alertname=${JSON.stringify(name)}}`)}`;
}

function Facts({ detail, value, firedAt, resolvedAt, resolvesAt, inhibitedBy }: Alert) {
  return (
    <dl className="facts">
      {detail !== null && (
        <div>
          <dt>About</dt>
          <dd>
            <Code whole>{detail}</Code>
          </dd>
        </div>
      )}
      {value !== null && (
        <div>
          <dt>Measured last</dt>
          <dd>{value}</dd>
        </div>
      )}
      {firedAt !== null && (
        <div>
          <dt>Fired</dt>
          <dd>
            <Time at={firedAt} />
          </dd>
        </div>
      )}
      {resolvedAt !== null && (
        <div>
          <dt>Resolved</dt>
          <dd>
            <Time at={resolvedAt} />
          </dd>
        </div>
      )}
      {resolvesAt !== null && (
        <div>
          <dt>Resolves, unless it holds again</dt>
          <dd>
            <Time at={resolvesAt} />
          </dd>
        </div>
      )}
      {inhibitedBy !== null && (
        <div>
          <dt>Explained by</dt>
          <dd>
            <Link href={urlOf('/alerts', { alert: inhibitedBy })}>{inhibitedBy}</Link>
          </dd>
        </div>
      )}
    </dl>
  );
}
