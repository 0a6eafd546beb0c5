import type { Api } from '../api/api.ts';
import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { Link, urlOf } from '../app/router.tsx';
import { useApi } from '../app/session.tsx';
import { Code } from '../ui/code.tsx';
import { Answer } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';

const SEALED = 'admit.audit.sealed';

/** How far back the log goes, and up to where it is sealed. */
export function SealsAndRetention() {
  const api = useApi();
  const answer = useAnswer('kept', (signal) => readSealsAndRetention(api, signal), { everyMs: REFRESH_MS });
  return (
    <section className="panel" aria-labelledby="kept">
      <h2 id="kept">Seals and retention</h2>
      <Answer of={answer}>
        {({ oldest, seal, retentionDays }) => (
          <dl className="facts">
            <div>
              <dt>Last seal</dt>
              <dd>{seal === null ? 'none: see AUDIT_SIGNING_KEY' : <LastSeal {...seal} />}</dd>
            </div>
            <div>
              <dt>Oldest event</dt>
              <dd>{oldest === null ? 'none' : <Time at={oldest} />}</dd>
            </div>
            <div>
              <dt>Events are kept for</dt>
              <dd>{retentionDays === null ? 'unknown' : `${retentionDays} days`}</dd>
            </div>
          </dl>
        )}
      </Answer>
      <p className="note">
        <code>npx @admit-one/cli audit verify</code> proves an export by its seals.{' '}
        <Link href={urlOf('/search', { type: SEALED })}>All seals</Link>
      </p>
    </section>
  );
}

interface Seal {
  readonly number: number;
  readonly to: string;
  readonly time: string;
}

function LastSeal({ number, to, time }: Seal) {
  return (
    <>
      number {number}, up to the position <Code>{to}</Code>, at <Time at={time} />
    </>
  );
}

async function readSealsAndRetention(api: Api, signal: AbortSignal) {
  const [first, sealed, { settings }] = await Promise.all([
    api.events({ limit: '1' }, signal),
    api.events({ type: SEALED, order: 'desc', limit: '1' }, signal),
    api.settings(signal),
  ]);
  const [event] = sealed.events;
  return {
    oldest: first.events[0]?.time ?? null,
    seal: event ? { number: Number(event.data.number), to: String(event.data.to), time: event.time } : null,
    retentionDays: settings.find(({ name }) => name === 'AUDIT_RETENTION_DAYS')?.value ?? null,
  };
}
