import { Writable } from 'node:stream';
import type { Case } from '@admit-one/seals';
import type { StoryReply } from '../api/replies.ts';
import { textOf } from '../output/event-rows.ts';
import { createMarkdownWriter } from '../output/markdown-writer.ts';
import { counted } from '../output/numbers.ts';
import { writeVerdict } from '../output/verdict.ts';
import { writeEvents } from '../story-command.ts';

/** A case in words, as Markdown: what happened, and how it is verified. */
export function summaryOf(story: StoryReply, { proofs, seals }: Case): string {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, written) {
      text += chunk;
      written();
    },
  });
  const writer = createMarkdownWriter({ stdout });
  writer.heading(`Case: ${textOf(story.kind)} ${textOf(story.id)}`);
  writeVerdict(writer, story);
  writeEvents(writer, story);
  writer.heading('Proof');
  const numbers = seals.map(({ number }) => number).join(', ');
  writer.text(
    `${proofs.length} of ${counted(story.events.length, 'event')} are in the seals ${numbers || '(none)'}.`,
  );
  writer.text(
    'Verify them with: npx @admit-one/cli audit verify case.zip --keys keys.json. Take keys.json from your own copy of the public keys, not from this case.',
  );
  writer.text(
    'The seals are over the events. The story and this page are words about them, which nothing proves.',
  );
  return text.trimStart();
}
