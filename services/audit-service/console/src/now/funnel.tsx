import type { CohortsAnswer } from '@admit-one/audit-service/api-types';
import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { useApi } from '../app/session.tsx';
import { Bar } from '../ui/bar.tsx';
import { countText, shareText } from '../ui/number-text.ts';
import { Answer, Empty } from '../ui/states.tsx';

/** How far the tickets came that were issued in the range. */
export function Funnel({ from }: { readonly from: string }) {
  const api = useApi();
  const answer = useAnswer(`cohorts ${from}`, (signal) => api.cohorts({ from }, signal), {
    everyMs: REFRESH_MS,
  });
  return (
    <section className="panel" aria-labelledby="funnel">
      <h2 id="funnel">Tickets</h2>
      <Answer of={answer}>{(cohorts) => <Stages {...stagesOf(cohorts)} />}</Answer>
    </section>
  );
}

function stagesOf({ rows }: CohortsAnswer) {
  const sum = (name: 'issued' | 'presented' | 'consumed' | 'revoked') =>
    rows.reduce((total, row) => total + row[name], 0);
  return {
    issued: sum('issued'),
    presented: sum('presented'),
    admitted: sum('consumed'),
    revoked: sum('revoked'),
  };
}

function Stages({ issued, presented, admitted, revoked }: ReturnType<typeof stagesOf>) {
  if (issued === 0) return <Empty>No ticket was issued.</Empty>;
  const stages = [
    ['Issued', issued],
    ['Presented', presented],
    ['Admitted', admitted],
  ] as const;
  return (
    <>
      <dl className="funnel">
        {stages.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Bar share={count / issued} tone="plain" />
              <span>
                {countText(count)} <span className="note">{shareText(count / issued)}</span>
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="note">
        {countText(issued - admitted - revoked)} not used so far, {countText(revoked)} revoked.
      </p>
    </>
  );
}
