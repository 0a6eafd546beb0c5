import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { useApi } from '../app/session.tsx';
import { Bar } from '../ui/bar.tsx';
import { countText, shareText } from '../ui/number-text.ts';
import { Answer } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { admissionVerdict, type Objective } from './admission-verdict.ts';

/** The answer in one sentence, and every objective with what is left of its error budget. */
export function Objectives({ from, rangeText }: { readonly from: string; readonly rangeText: string }) {
  const api = useApi();
  const answer = useAnswer(`objectives ${from}`, (signal) => api.objectives({ from }, signal), {
    everyMs: REFRESH_MS,
  });
  return (
    <Answer of={answer}>
      {({ objectives }) => (
        <>
          <Question objective={objectives.find(({ name }) => name === 'admission_success')} />
          <section className="panel" aria-labelledby="objectives">
            <h2 id="objectives">Objectives</h2>
            <Table
              caption="Each objective"
              rows={objectives}
              keyOf={({ name }) => name}
              columns={[
                {
                  head: 'Objective',
                  cell: ({ title, description }) => <span title={description}>{title}</span>,
                },
                { head: 'Promised', numeric: true, cell: ({ objective }) => shareText(objective) },
                { head: `Last ${rangeText}`, numeric: true, cell: ({ range }) => <InRange range={range} /> },
                { head: 'Budget left, 30 days', cell: ({ budget }) => <Budget budget={budget} /> },
              ]}
            />
          </section>
        </>
      )}
    </Answer>
  );
}

function Question({ objective }: { readonly objective: Objective | undefined }) {
  if (objective === undefined) return null;
  const { tone, word, sentence } = admissionVerdict(objective);
  return (
    <section className={`answer-panel ${tone}`} aria-label="Are rightful users getting in?">
      <p className="question">Are rightful users getting in?</p>
      <p className="answer">{word}</p>
      <p>{sentence}</p>
    </section>
  );
}

function InRange({ range }: Pick<Objective, 'range'>) {
  if (range === null) return <span className="note">by 30 days only</span>;
  const all = range.good + range.bad;
  if (all === 0) return <span className="note">no events</span>;
  return (
    <span title={`${countText(range.bad)} bad of ${countText(all)}`}>{shareText(range.good / all)}</span>
  );
}

function Budget({ budget: { remaining, bad, good } }: Pick<Objective, 'budget'>) {
  const left = Math.max(0, remaining);
  return (
    <span className="budget" title={`${countText(bad)} bad of ${countText(good + bad)} events`}>
      <Bar share={left} tone={remaining <= 0 ? 'bad' : remaining < 0.25 ? 'warn' : 'good'} />
      {remaining < 0 ? `spent ${Number((1 - remaining).toFixed(1))} times` : shareText(remaining)}
    </span>
  );
}
