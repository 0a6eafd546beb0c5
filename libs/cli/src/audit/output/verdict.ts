import type { StoryReply } from '../api/replies.ts';
import { textOf } from './event-rows.ts';
import { presenterLines } from './presenters.ts';
import type { Writer } from './table.ts';

/** What happened, what to do about it, how far the ticket came, what the client reported, and who presented it. */
export function writeVerdict(writer: Writer, story: StoryReply): void {
  const { verdict, whatToDo, reason, stage, lastFailure } = story;
  writer.text(textOf(verdict), reason ? 'bad' : 'good');
  if (whatToDo) writer.text(`What to do: ${textOf(whatToDo)}`);
  const facts = [
    ...(reason ? [`reason ${textOf(reason)}`] : []),
    ...(stage ? [`stage ${textOf(stage)}`] : []),
    ...(lastFailure ? [`the client reported: ${membersText(lastFailure)}`] : []),
  ];
  if (facts.length > 0) writer.text(facts.join('; '), 'dim');
  for (const line of presenterLines(story)) writer.text(line);
}

function membersText(members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members)
    .map(([name, value]) => `${name} ${textOf(value)}`)
    .join(', ');
}
