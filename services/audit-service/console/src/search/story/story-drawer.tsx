import { useEffect, useRef } from 'react';
import type { Api } from '../../api/api.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { useApi } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Runbook } from '../explain/explanation-panel.tsx';
import { typeWords } from '../list/event-words.ts';
import type { Opened } from '../view.ts';
import { RawEvent } from './story-events.tsx';
import { StoryView } from './story-view.tsx';

export interface StoryDrawerProps {
  readonly opened: Opened;
  readonly hrefOf: (opened: Opened) => string;
  readonly onClose: () => void;
}

/** A story over the list. Escape and a click beside it close it, and the focus goes back to where it was. */
export function StoryDrawer({ opened, hrefOf, onClose }: StoryDrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { kind, id } = opened;
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    if (`${kind}${id}` !== '') dialog.current?.scrollTo(0, 0);
  }, [kind, id]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      className="drawer"
      ref={dialog}
      aria-labelledby="story-title"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className="drawer-content">
        <header>
          <h2 id="story-title" tabIndex={-1}>
            {kind === 'event' ? 'Event' : `Story of ${kind}`} <Code whole>{id}</Code>
          </h2>
          <Button kind="quiet" onClick={() => dialog.current?.close()}>
            Close
          </Button>
        </header>
        {opened.kind === 'event' ? (
          <EventAlone {...opened} />
        ) : (
          <Story kind={opened.kind} id={id} hrefOf={hrefOf} />
        )}
      </div>
    </dialog>
  );
}

type StoryOf = Exclude<Opened, { kind: 'event' }>;

function Story({ kind, id, hrefOf }: StoryOf & Pick<StoryDrawerProps, 'hrefOf'>) {
  const api = useApi();
  const asked = useAnswer(`${kind} ${id}`, (signal) => api.story(kind, id, signal));
  return <Answer of={asked}>{(story) => <StoryView story={story} hrefOf={hrefOf} />}</Answer>;
}

function EventAlone({ id, time }: Extract<Opened, { kind: 'event' }>) {
  const api = useApi();
  const asked = useAnswer(`${id} ${time}`, (signal) => eventBy(api, id, time, signal));
  return (
    <Answer of={asked}>
      {(event) =>
        event === null ? (
          <Empty>The audit log does not have this event any more.</Empty>
        ) : (
          <>
            <p className="verdict">{typeWords(event.type)}</p>
            <Runbook reason={typeof event.data.reason === 'string' ? event.data.reason : null} />
            <RawEvent event={event} open />
          </>
        )
      }
    </Answer>
  );
}

/** The event with an id: an event has its time to the millisecond, so the search is short. */
async function eventBy(api: Api, id: string, time: string, signal: AbortSignal) {
  const at = Date.parse(time);
  const range = { from: time, to: new Date(at + 1).toISOString() };
  const { events } = await api.events({ ...range, limit: '1000' }, signal);
  return events.find((event) => event.id === id) ?? null;
}
