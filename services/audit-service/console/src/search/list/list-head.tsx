import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { counted, countText } from '../../ui/number-text.ts';
import { Time } from '../../ui/time.tsx';
import type { LiveState } from './follow-events.ts';
import type { ListedEvents } from './use-events.ts';

export interface ListHeadProps {
  readonly listed: ListedEvents;
  readonly children: ReactNode;
}

const liveWords: Readonly<Record<LiveState, string>> = {
  opening: 'connecting',
  live: 'live',
  waiting: 'not live: connecting again',
  rejected: 'not live: the audit-service rejects it',
};

/** How many events are listed, how far the log was searched for them, and whether new ones appear by themselves. */
export function ListHead({ listed, children }: ListHeadProps) {
  const { events, scannedTo, end, loading, live, waiting, readMore, showWaiting } = listed;
  return (
    <header className="list-head">
      <h2>Events</h2>
      <p className={`live ${live ?? 'ended'}`}>
        <span className="dot" aria-hidden="true" />
        {live === null ? 'a past range' : liveWords[live]}
      </p>
      <p className="note">
        {counted(events.length, 'event')}
        {loading ? ', searching…' : end ? ', all of the range' : ''}
        {!end && scannedTo !== null && (
          <>
            , searched back to <Time at={scannedTo} />
          </>
        )}
      </p>
      <p className="visually-hidden" role="status">
        {loading ? 'Searching' : end ? 'All of the range was searched' : 'A part of the range was searched'}
      </p>
      {!loading && !end && (
        <Button kind="quiet" onClick={readMore}>
          Search further
        </Button>
      )}
      {waiting.length > 0 && (
        <Button kind="quiet" className="waiting" onClick={showWaiting}>
          Show {countText(waiting.length)} new
        </Button>
      )}
      <div className="list-tools">{children}</div>
    </header>
  );
}
