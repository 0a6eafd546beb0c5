import type { SummaryRow } from '@admit-one/audit-service/api-types';
import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { Link, urlOf } from '../app/router.tsx';
import { useApi } from '../app/session.tsx';
import { countText } from '../ui/number-text.ts';
import { Answer, Empty } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { latestReasons } from './latest-reasons.ts';

const types = ['admit.issuance.rejected', 'admit.handshake.rejected', 'admit.ticket.rejected'];

const SHOWN = 5;
const MINUTE_MS = 60_000;

/** The reasons of the last rejections, each with the way to its events. */
export function Rejections({ from }: { readonly from: string }) {
  const api = useApi();
  const query = new URLSearchParams([
    ['by', 'reason'],
    ['from', from],
    ...types.map((type) => ['type', type]),
  ]);
  const answer = useAnswer(`rejections ${from}`, (signal) => api.summary(query, signal), {
    everyMs: REFRESH_MS,
  });
  return (
    <section className="panel" aria-labelledby="rejections">
      <h2 id="rejections">Last rejections by reason</h2>
      <Answer of={answer}>{({ rows }) => <Reasons rows={rows} from={from} />}</Answer>
    </section>
  );
}

/** The search for a reason, which begins with what these rejections have in common. */
function explainUrl(reason: string, from: string, rows: readonly SummaryRow[]): string {
  const times = rows.map(({ time }) => Date.parse(time));
  const span = [Math.min(...times), Math.max(...times) + MINUTE_MS];
  const brush = span.map((time) => new Date(time).toISOString()).join('/');
  return urlOf('/search', { reason, from, brush });
}

function Reasons({ rows, from }: { readonly rows: readonly SummaryRow[]; readonly from: string }) {
  const reasons = latestReasons(rows);
  if (reasons.length === 0) return <Empty>Nobody was rejected.</Empty>;
  return (
    <>
      <Table
        caption="Each reason"
        rows={reasons.slice(0, SHOWN)}
        keyOf={({ reason }) => reason}
        columns={[
          {
            head: 'Reason',
            cell: ({ reason }) => <Link href={explainUrl(reason, from, rows)}>{reason}</Link>,
          },
          { head: 'Rejections', numeric: true, cell: ({ count }) => countText(count) },
          { head: 'Last at', cell: ({ last }) => <Time at={last} style="minute" /> },
        ]}
      />
      {reasons.length > SHOWN && (
        <p className="note">
          {reasons.length - SHOWN} more reasons: <Link href={urlOf('/search', { from })}>search</Link>.
        </p>
      )}
    </>
  );
}
