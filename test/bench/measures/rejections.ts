import { LENIENT } from '../../stack/stack.ts';
import { type Bench, inRounds, tokensFor } from '../bench.ts';
import { type RequestKind, requestKinds } from '../client/request-loop.ts';
import { type AdmitOne, startAdmitOne } from '../contestants/start-admit-one.ts';
import { cpuMicroseconds } from '../processes/proc.ts';
import { resting } from '../processes/resting.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';

const kinds = Object.keys(requestKinds) as RequestKind[];

/** So that a slice of the cheapest is long enough to be measured. */
const REQUESTS_PER_ADMISSION = 2;
const CONCURRENCY = 32;

/** What a request for a ticket costs that is rejected, beside one that is granted. No limit comes before the answer. */
export async function measureRejections(bench: Bench): Promise<readonly Figure[]> {
  const { admissions, slices, warmUp } = bench.options;
  const stack = await startAdmitOne(bench.setting, { variables: LENIENT });
  try {
    await inRounds(kinds, 1, (kind) => cpuPerRequest(stack, kind, warmUp, bench));
    const requests = Math.ceil((admissions * REQUESTS_PER_ADMISSION) / slices);
    const costs = await inRounds(kinds, slices, async (kind, slice) => {
      const each = await cpuPerRequest(stack, kind, requests, bench);
      bench.reportProgress(`slice ${slice + 1} of ${slices}: ${kind}: ${Math.round(each)} µs CPU each`);
      return each;
    });
    const place = { measure: 'rejections', what: 'CPU per request' } as const;
    const tickets = costs[kinds.indexOf('ticket')] ?? [];
    return [
      ...kinds.map((kind, n) => figureOf({ ...place, of: kind, unit: 'µs' }, costs[n] ?? [])),
      ...kinds.flatMap((kind, n) =>
        kind === 'ticket'
          ? []
          : [figureOf({ ...place, of: `${kind}/ticket`, unit: '×' }, ratiosOf(costs[n] ?? [], tickets))],
      ),
    ];
  } finally {
    await stack.stop();
  }
}

/** Of those processes that belong to the total, from the first request until they rest. */
async function cpuPerRequest(
  { endpoint, processes }: AdmitOne,
  kind: RequestKind,
  requests: number,
  bench: Bench,
): Promise<number> {
  if (endpoint.credential !== 'ticket') throw new Error('there is no endpoint for tickets');
  const { ticketPort } = endpoint;
  const tokens = await tokensFor(requests, bench);
  const pids = processes.filter(({ inTotal }) => inTotal).map(({ pid }) => pid);
  await resting(processes.map(({ pid }) => pid));
  const sum = () => cpuMicroseconds(pids).reduce((total, each) => total + each, 0);
  const before = sum();
  bench.failed(
    await bench.client.requestLoop({ kind, ticketPort, tokens, requests, concurrency: CONCURRENCY }),
  );
  await resting(pids);
  return (sum() - before) / requests;
}
