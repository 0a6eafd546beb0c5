import { writeFile } from 'node:fs/promises';
import type { StoredEvent } from '@admit-one/core';
import type { Case, InclusionProof } from '@admit-one/seals';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../../command-error.ts';
import type { AuditApi } from '../api/audit-api.ts';
import type { StoryReply } from '../api/replies.ts';
import type { StoryOptions } from '../api/stories.ts';
import { storyKinds } from '../api/stories.ts';
import type { AuditContext } from '../audit-context.ts';
import { counted } from '../output/numbers.ts';
import { storyOfWords } from '../story-command.ts';
import { zipCase } from './case-file.ts';
import { summaryOf } from './case-summary.ts';
import { recorded } from './transcript.ts';

type CaseOptions = StoryOptions & { readonly out?: string };

/** Adds `admit audit case`. */
export function addCaseCommand(audit: Command, context: AuditContext): void {
  audit
    .command('case')
    .description(
      'Writes a ZIP archive with a story, its events, the seals that they are in, and what proves that.\n' +
        'Anyone verifies it with `admit audit verify`, without a server. Exits with 4 if some events are not sealed yet.\n' +
        'Example: npx @admit-one/cli audit case u7lqBqkCwD > case.zip',
    )
    .argument('<kind or id>', `${storyKinds.join(', ')}; without it, the kind is found by the id`)
    .argument('[id]', 'an id; of a ticket also its first 8 or more characters')
    .option('--issuer <alias>', 'the issuer of the session or the user, where several have it')
    .option('--out <file>', 'a new file; by default the standard output')
    .action((first: string, second: string | undefined, options: CaseOptions, command: Command) =>
      writeCase({ first, second }, options, context.connect(command), context),
    );
}

async function writeCase(
  words: { readonly first: string; readonly second: string | undefined },
  options: CaseOptions,
  connected: AuditApi,
  { terminal, progress, done }: AuditContext,
): Promise<void> {
  if (options.out === undefined && terminal.stdout.isTTY)
    throw new CommandError(
      'A case is a ZIP archive. Redirect it, or name a file with --out.',
      exitCodes.usage,
    );
  const { api, transcript } = recorded(connected);
  const story = await storyOfWords(words, options, api);
  if (story === null) {
    done(exitCodes.notFound);
    return progress.info('Nothing is known about it in the audit log.');
  }
  const contents = await contentsOf(story, api);
  const { events: _, ...withoutEvents } = story;
  const summary = summaryOf(story, contents);
  await write(zipCase(contents, { story: withoutEvents, transcript, summary }), options.out, terminal.stdout);

  const { events, proofs, seals } = contents;
  progress.info(
    `${counted(events.length, 'event')}, ${proofs.length} of them in ${counted(seals.length, 'seal')}`,
  );
  if (story.truncated) progress.info('The audit log has more events of it than a story has.');
  if (proofs.length < events.length)
    progress.info('Not all events are sealed: make the case again in a minute, or see docs/audit.md#seals.');
  if (story.truncated || proofs.length < events.length) done(exitCodes.incomplete);
}

interface ProofsReply {
  readonly events: readonly StoredEvent[];
  readonly proofs: readonly InclusionProof[];
  readonly seals: readonly { readonly number: number; readonly jws: string }[];
}

/** As many as are proven at once. */
const PAGE = 200;
/** The events of many seals may be read. */
const TIMEOUT_MS = 300_000;

async function contentsOf(story: StoryReply, api: AuditApi): Promise<Case> {
  const inStory = new Map(story.events.flatMap((event) => (event.position ? [[event.position, event]] : [])));
  const positions = [...inStory.keys()];
  const events = new Map<string, StoredEvent>();
  const proofs: InclusionProof[] = [];
  const seals = new Map<number, string>();
  for (let done = 0; done < positions.length; done += PAGE) {
    const reply = await api.json<ProofsReply>('proofs', ['events', 'proofs', 'seals'], {
      body: { positions: positions.slice(done, done + PAGE) },
      timeoutMs: TIMEOUT_MS,
    });
    for (const event of reply.events) events.set(event.position, event);
    proofs.push(...reply.proofs);
    for (const { number, jws } of reply.seals) seals.set(number, jws);
  }
  const { keys } = await api.json<{ keys: readonly object[] }>('keys', ['keys']);
  return {
    // In the order of the story. What is not up to the horizon yet is as the story has it.
    events: [...inStory].map(
      ([position, { sinceMs: _, ...event }]) => events.get(position) ?? (event as StoredEvent),
    ),
    proofs,
    seals: [...seals]
      .map(([number, jws]) => ({ number, jws }))
      .sort((one, other) => one.number - other.number),
    keys: { keys },
  };
}

async function write(
  bytes: Uint8Array,
  file: string | undefined,
  stdout: NodeJS.WritableStream,
): Promise<void> {
  if (file === undefined) return void stdout.write(bytes);
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    throw new CommandError(`${file} cannot be written (${(error as Error).message}).`, exitCodes.usage, {
      cause: error,
    });
  });
}
