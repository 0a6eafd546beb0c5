import type { Completeness } from '@admit-one/audit-service/api-types';
import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { useApi } from '../app/session.tsx';
import { Code } from '../ui/code.tsx';
import { Answer } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { holesText, wrongOf } from './completeness-verdict.ts';
import { SealsAndRetention } from './seals-and-retention.tsx';

/** Whether the audit log has everything, and what proves it. */
export function CompletenessPage() {
  const api = useApi();
  const answer = useAnswer('completeness', (signal) => api.completeness(signal), { everyMs: REFRESH_MS });
  return (
    <div className="completeness">
      <Answer of={answer}>
        {(completeness) => (
          <>
            <Verdict {...completeness} />
            <KeptAside {...completeness} />
            <Partitions {...completeness} />
            <Streams {...completeness} />
          </>
        )}
      </Answer>
      <SealsAndRetention />
    </div>
  );
}

function Verdict(completeness: Completeness) {
  const wrong = wrongOf(completeness);
  const isSound = wrong.length === 0;
  return (
    <section className={`answer-panel ${isSound ? 'good' : 'bad'}`} aria-label="Is the audit log complete?">
      <p className="question">Is the audit log complete?</p>
      <p className="answer">{isSound ? 'Yes' : 'No'}</p>
      <p>
        {isSound ? 'Nothing is missing, lost or in conflict.' : `${wrong.join(', ')}.`}{' '}
        {completeness.horizon !== null && (
          <>
            Nothing can appear any more up to the position <Code>{completeness.horizon}</Code>.
          </>
        )}
      </p>
    </section>
  );
}

function KeptAside({ conflictsSince, deadLettersSince, deadLetterSubjects }: Completeness) {
  if (conflictsSince === null && deadLettersSince === null) return null;
  return (
    <section className="panel" aria-labelledby="aside">
      <h2 id="aside">Kept aside</h2>
      <dl className="facts">
        {conflictsSince !== null && (
          <div>
            <dt>Conflicts since</dt>
            <dd>
              <Time at={conflictsSince} />
            </dd>
          </div>
        )}
        {deadLettersSince !== null && (
          <div>
            <dt>Dead letters since</dt>
            <dd>
              <Time at={deadLettersSince} />
            </dd>
          </div>
        )}
        {deadLetterSubjects.length > 0 && (
          <div>
            <dt>Subjects of dead letters</dt>
            <dd>
              <Code whole>{deadLetterSubjects.join(', ')}</Code>
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function Partitions({ partitions }: Completeness) {
  if (partitions.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="partitions">
      <h2 id="partitions">Partition keys with something wrong</h2>
      <Table
        caption="Each partition key"
        rows={partitions}
        keyOf={({ partitionkey }) => partitionkey}
        columns={[
          { head: 'Partition key', cell: ({ partitionkey }) => <Code>{partitionkey}</Code> },
          { head: 'State', cell: ({ state }) => state.replace('_', ' ') },
          { head: 'Missing', numeric: true, cell: ({ missingCount }) => missingCount },
          { head: 'Which', cell: ({ missing }) => holesText(missing) },
          { head: 'Conflicts', numeric: true, cell: ({ conflictCount }) => conflictCount },
          { head: 'Since', cell: ({ since }) => since && <Time at={since} /> },
        ]}
      />
      <p className="note">
        What is known is acknowledged with a reason: <code>npx @admit-one/cli audit acknowledge</code>.
      </p>
    </section>
  );
}

function Streams({ streams }: Completeness) {
  return (
    <section className="panel" aria-labelledby="streams">
      <h2 id="streams">Event stream</h2>
      <Table
        caption="Generations of the event stream"
        rows={streams}
        keyOf={({ generation }) => `${generation}`}
        columns={[
          { head: 'Generation', cell: ({ generation, state }) => `${generation}, ${state}` },
          { head: 'Began', cell: ({ beganAt }) => <Time at={beganAt} /> },
          { head: 'Without a gap up to', numeric: true, cell: ({ horizon }) => horizon },
          { head: 'Last message', numeric: true, cell: ({ last }) => last },
          { head: 'Missing', numeric: true, cell: ({ missingCount }) => missingCount },
          { head: 'Lost', numeric: true, cell: ({ lostCount }) => lostCount },
        ]}
      />
    </section>
  );
}
