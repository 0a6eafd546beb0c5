import { RejectionError } from '@admit-one/runtime';
import { hasCredential } from '@admit-one/text';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type FoundStory, findStory, type StoryQuestion, type StoryReader } from '../stories/find-story.ts';
import { queryText } from './access/query-text.ts';
import { problems } from './problems.ts';
import { idOfTicket } from './query/fact-parameters.ts';
import type { RouteContext } from './routes/route-context.ts';
import {
  LookupBody,
  NoQuery,
  StoryParameters,
  StoryResponse,
  TicketParameters,
  VisitorQuery,
} from './story-schemas.ts';

/** Paths, and what a story is about. */
const visitors = [
  ['sessions', 'session'],
  ['users', 'user'],
] as const;

/** Stories: `GET /api/v1/audit/{tickets,sessions,users,connections}/{id}`, and `POST …/lookup`. */
export function storyRoutes({
  auditLog,
  clock,
  pseudonyms,
  reportAccess,
}: RouteContext): FastifyPluginAsyncTypebox {
  const reader: StoryReader = {
    query: (filter, page) => auditLog.query(pseudonyms.ofFilter(filter), page),
    sequences: (options) => auditLog.sequences(options),
  };

  async function readStory(
    request: FastifyRequest,
    question: Omit<StoryQuestion, 'now'>,
    access: 'story' | 'lookup' = 'story',
  ): Promise<FoundStory> {
    const { kind, id } = question;
    const story = await findStory(reader, { ...question, now: clock.now() });
    if (story.kind !== 'ambiguous') {
      if (story.events.length === 0) rejectSecret(id);
      const query = queryText(pseudonyms.ofFilter({ facts: { [kind]: { include: [id] } } }));
      const { events, truncated } = story;
      reportAccess(request, { access, query, eventCount: events.length, complete: !truncated });
      return story;
    }
    const detail = `${story.count} tickets begin with these characters: give more of the ticket id.`;
    throw new RejectionError('request_invalid', { detail });
  }

  return async (app) => {
    const schemaOf = (summary: string) => ({
      summary,
      tags: ['audit'],
      security: [{ bearer: [] }],
      querystring: NoQuery,
      response: { 200: StoryResponse, ...problems },
    });

    app.get(
      '/api/v1/audit/tickets/:id',
      { schema: { ...schemaOf('The story of a ticket'), params: TicketParameters } },
      (request) => readStory(request, { kind: 'ticket', id: request.params.id }),
    );
    for (const [path, kind] of visitors)
      app.get(
        `/api/v1/audit/${path}/:id`,
        {
          schema: {
            ...schemaOf(`The story of a ${kind}`),
            params: StoryParameters,
            querystring: VisitorQuery,
          },
        },
        (request) => readStory(request, { kind, id: request.params.id, issuer: request.query.issuer }),
      );
    app.get(
      '/api/v1/audit/connections/:id',
      { schema: { ...schemaOf('The story of a connection'), params: StoryParameters } },
      (request) => readStory(request, { kind: 'connection', id: request.params.id }),
    );
    app.post(
      '/api/v1/audit/lookup',
      { schema: { ...schemaOf('The story of a ticket, by the ticket itself'), body: LookupBody } },
      (request) => readStory(request, { kind: 'ticket', id: idOfTicket(request.body.ticket) }, 'lookup'),
    );
  };
}

const SECRET_IN_URL =
  'This is or has a ticket or a token, which is a secret: URLs are kept in many logs. Give the ticket id, or POST the ticket to /api/v1/audit/lookup.';

/**
 * Ids of sessions and users may look like a ticket too: one that the audit log has is an id.
 * @throws {RejectionError} where there may be a ticket or a token in an id that the audit log does not have
 */
function rejectSecret(id: string): void {
  if (hasCredential(id)) throw new RejectionError('request_invalid', { detail: SECRET_IN_URL });
}
