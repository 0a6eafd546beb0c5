import type { Explanation } from '@admit-one/audit-service/api-types';
import { isReason, reasonRow } from '@admit-one/core/reasons';
import { useAnswer } from '../../api/use-answer.ts';
import { usePreferences } from '../../app/preferences.ts';
import { useApi } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { Answer } from '../../ui/states.tsx';
import { spanText } from '../../ui/time-text.ts';
import { visibleText } from '../../ui/visible-text.ts';
import type { Criterion } from '../criteria.ts';
import { isoSpan, type Span } from '../time-range.ts';
import { reasonOfRunbook, totalWords, wordsOfValue } from './explain-words.ts';

export interface ExplanationPanelProps {
  readonly span: Span;
  /** Those of the search; types and reasons narrow what is explained. */
  readonly criteria: readonly Criterion[];
  readonly onAdd: (criterion: Criterion) => void;
  readonly onClear: () => void;
}

const LONGEST_MS = 7 * 86_400_000;

/** What the rejections of a range have in common, and what to do about them. */
export function ExplanationPanel({ span, criteria, onAdd, onClear }: ExplanationPanelProps) {
  const api = useApi();
  const { zone } = usePreferences();
  const narrowing = criteria.filter(({ name, negated }) => !negated && ['reason', 'type'].includes(name));
  const query = new URLSearchParams([
    ...Object.entries(isoSpan(span)),
    ...narrowing.map(({ name, value }) => [name, value]),
  ]);
  const tooLong = span.to - span.from > LONGEST_MS;
  const asked = useAnswer(tooLong ? null : query.toString(), (signal) => api.explain(query, signal));
  return (
    <section className="panel explanation" aria-label="What the rejections have in common">
      <header>
        <h2>{spanText(span, zone)}: what the rejections have in common</h2>
        <Button kind="quiet" onClick={onClear}>
          Clear the selection
        </Button>
      </header>
      {tooLong ? (
        <p className="note">Select at most 7 days.</p>
      ) : (
        <div aria-live="polite">
          <Answer of={asked}>{(explanation) => <ExplanationView {...{ explanation, onAdd }} />}</Answer>
        </div>
      )}
    </section>
  );
}

function ExplanationView({
  explanation,
  onAdd,
}: { readonly explanation: Explanation } & Pick<ExplanationPanelProps, 'onAdd'>) {
  const { findings: common, total, runbook } = explanation;
  return (
    <>
      <p>
        {totalWords(explanation)}{' '}
        {total > 0 && common.length === 0 && 'They have nothing in common that is rare otherwise.'}
      </p>
      <ol className="common">
        {common.map((one) => {
          const { share, noun, value, against, criterion } = wordsOfValue(one, explanation);
          return (
            <li key={`${one.dimension} ${one.value}`}>
              <p>
                <strong>{share}</strong> had {noun}{' '}
                <code>
                  <bdi>{visibleText(value)}</bdi>
                </code>
                . <span className="note">{against}</span>
              </p>
              {criterion && (
                <Button kind="quiet" onClick={() => onAdd(criterion)}>
                  Only these
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      {total > 0 && <Runbook reason={reasonOfRunbook(runbook)} />}
    </>
  );
}

/** The first lines of a reason's runbook. */
export function Runbook({ reason }: { readonly reason: string | null }) {
  if (!isReason(reason)) return null;
  const { meaning, remedy } = reasonRow(reason);
  return (
    <div className="runbook">
      <h3>
        What <code>{reason}</code> means
      </h3>
      <p>{meaning}</p>
      <p>
        <strong>What to do:</strong> {remedy}
      </p>
    </div>
  );
}
