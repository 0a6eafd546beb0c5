import type { FoundStory } from '@admit-one/audit-service/api-types';
import { Link } from '../../app/router.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Code } from '../../ui/code.tsx';
import { Empty } from '../../ui/states.tsx';
import { storyMarkdown } from '../export/markdown.ts';
import { saveFile } from '../export/save-file.ts';
import { factsOf } from '../list/event-facts.ts';
import type { Opened } from '../view.ts';
import { visitsOf } from './lanes.ts';
import { StoryEvents } from './story-events.tsx';
import { StoryLanes } from './story-lanes.tsx';

export interface StoryViewProps {
  readonly story: FoundStory;
  readonly hrefOf: (opened: Opened) => string;
}

const stageWords: Readonly<Record<string, string>> = {
  issued: 'issued, never presented',
  presented: 'presented',
  reserved: 'reserved',
  consumed: 'admitted',
  stayed: 'admitted, and stayed connected',
};

/** A story: what happened in one sentence, what to do, the lanes, and the events. */
export function StoryView({ story, hrefOf }: StoryViewProps) {
  const { kind, verdict, stage, reason, whatToDo, events, tickets, truncated } = story;
  if (events.length === 0) return <Empty>The audit log has no events of this {kind}.</Empty>;
  return (
    <>
      <p className="verdict" dir="auto">
        {verdict}
      </p>
      <p className="chips">
        {stage !== null && (
          <Chip tone={stage === 'stayed' ? 'good' : 'plain'}>{stageWords[stage] ?? stage}</Chip>
        )}
        {reason !== null && (
          <Chip label="reason" tone="bad">
            {reason}
          </Chip>
        )}
      </p>
      {whatToDo !== null && (
        <p className="what-to-do">
          <strong>What to do:</strong> {whatToDo}
        </p>
      )}
      <StoryLanes visits={visitsOf(events)} />
      <p className="note">Not to scale: long pauses are shortened.</p>
      {tickets.length > 1 && (
        <details>
          <summary>{tickets.length} tickets</summary>
          <ul className="story-tickets">
            {tickets.map((ticket) => (
              <li key={ticket.ticketId}>
                <Link href={hrefOf({ kind: 'ticket', id: ticket.ticketId })}>
                  <Code>{ticket.ticketId}</Code>
                </Link>
                <span dir="auto">{ticket.verdict}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Related {...{ story, hrefOf }} />
      <h3>Events{truncated && ', of which the audit log has more'}</h3>
      <StoryEvents events={events} />
      <Button
        onClick={() =>
          saveFile(new Blob([storyMarkdown(story)], { type: 'text/markdown' }), `admit-story-${kind}.md`)
        }
      >
        Save as Markdown
      </Button>
    </>
  );
}

/** The stories that this one is a part of, or has parts of. */
function Related({ story: { kind, events }, hrefOf }: StoryViewProps) {
  const facts = events.map(factsOf);
  const stories = (['session', 'user', 'connection'] as const)
    .filter((other) => other !== kind)
    .map((other) => ({ kind: other, id: facts.map((each) => each[other]).find((id) => id !== null) }));
  return (
    <ul className="related">
      {stories.map(
        ({ kind: other, id }) =>
          id !== null &&
          id !== undefined && (
            <li key={other}>
              {other}{' '}
              <Link href={hrefOf({ kind: other, id })}>
                <Code>{id}</Code>
              </Link>
            </li>
          ),
      )}
    </ul>
  );
}
