import { durationText } from '@admit-one/text/duration-text';
import { useAnswer } from '../api/use-answer.ts';
import { useApi } from './session.tsx';

const EVERY_MS = 15_000;
/** Every instance reports that it is alive each 10 s, so a newest event that is older says that the log is behind. */
const BEHIND_MS = 60_000;

/** Says how far the audit log is behind, by the newest event that it has and the clock of the audit-service. */
export function LogDelay() {
  const api = useApi();
  const { value: ageMs, error } = useAnswer('newest', (signal) => ageOfNewest(api, signal), {
    everyMs: EVERY_MS,
  });
  if (error !== undefined)
    return (
      <p className="behind bad" role="status">
        no answer
      </p>
    );
  if (ageMs === undefined || ageMs === null || ageMs < BEHIND_MS) return null;
  return (
    <p className="behind warn" role="status">
      {durationText(Math.floor(ageMs / 60_000) * 60_000)} behind
    </p>
  );
}

async function ageOfNewest(api: ReturnType<typeof useApi>, signal: AbortSignal): Promise<number | null> {
  const response = await api.open('/events', { order: 'desc', limit: '1' }, { signal });
  const { events } = (await response.json()) as { events: readonly { time: string }[] };
  const now = Date.parse(response.headers.get('date') ?? '');
  const newest = Date.parse(events[0]?.time ?? '');
  return Number.isNaN(now) || Number.isNaN(newest) ? null : now - newest;
}
