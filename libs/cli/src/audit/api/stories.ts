import { CommandError, exitCodes } from '../../command-error.ts';
import { ServerRejection } from '../../http/http-errors.ts';
import { withoutTicket } from '../words.ts';
import type { AuditApi } from './audit-api.ts';
import { type StoryReply, storyMembers } from './replies.ts';

/** What a story can be about, by the names of the command line. */
export const storyKinds = ['ticket', 'session', 'user', 'connection'] as const;

export type StoryKind = (typeof storyKinds)[number];

/** A ticket id, or its first 8 or more characters. */
const TICKET_ID = /^[\w-]{8,43}$/;
const WHOLE_TICKET_ID = /^[\w-]{43}$/;
const CONNECTION_ID = /^[\w-]{22}$/;

export interface StoryOptions {
  /** The alias of the issuer, of a session or a user. */
  readonly issuer?: string;
}

/**
 * The story of an id; null where nothing is known of it. A ticket is looked up by its id.
 * @throws {CommandError} where there is no answer
 */
export async function storyOf(
  api: AuditApi,
  kind: StoryKind,
  id: string,
  { issuer }: StoryOptions = {},
): Promise<StoryReply | null> {
  const name = kind === 'ticket' ? supportCodeOf(id) : id;
  const ofVisitor = issuer !== undefined && (kind === 'session' || kind === 'user');
  const story = await api.json<StoryReply>(`${kind}s/${encodeURIComponent(name)}`, storyMembers, {
    parameters: ofVisitor ? [['issuer', issuer]] : [],
  });
  return story.events.length > 0 ? story : null;
}

/** The id of a ticket, or its beginning. @throws {CommandError} where a text is neither */
function supportCodeOf(text: string): string {
  const code = withoutTicket(text);
  if (TICKET_ID.test(code)) return code;
  const user = /^[\w@.][\w@.-]{0,39}$/.test(code) ? code : '<user id>';
  throw new CommandError(
    `A support code is at least 8 characters of a ticket id. For a user: npx @admit-one/cli audit story user ${user}`,
    exitCodes.usage,
  );
}

/**
 * The story of an id of any kind, the likeliest kind by its form first.
 * @throws {CommandError} where there is no answer, or where the only candidates are rejected
 */
export async function findStory(
  api: AuditApi,
  text: string,
  options: StoryOptions,
): Promise<StoryReply | null> {
  const id = withoutTicket(text);
  let rejection: ServerRejection | undefined;
  for (const kind of likelyKinds(id)) {
    try {
      const story = await storyOf(api, kind, id, options);
      if (story) return story;
    } catch (error) {
      // For example the beginning of several ticket ids, which may be a session all the same.
      if (!(error instanceof ServerRejection && error.status === 400)) throw error;
      rejection ??= error;
    }
  }
  if (rejection) throw rejection;
  return null;
}

function likelyKinds(id: string): readonly StoryKind[] {
  if (WHOLE_TICKET_ID.test(id)) return ['ticket', 'session', 'user', 'connection'];
  if (CONNECTION_ID.test(id)) return ['connection', 'ticket', 'session', 'user'];
  const others: readonly StoryKind[] = ['session', 'user', 'connection'];
  return TICKET_ID.test(id) ? ['ticket', ...others] : others;
}
