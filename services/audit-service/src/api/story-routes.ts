import { type AuditLog, isTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type FoundStory, findStory, type StoryQuestion } from '../stories/find-story.ts';
import { problems } from './problems.ts';
import {
  LookupBody,
  NoQuery,
  StoryParameters,
  StoryResponse,
  TicketParameters,
  VisitorQuery,
} from './story-schemas.ts';

export interface StoryRoutesOptions {
  readonly auditLog: Pick<AuditLog, 'query'>;
  /** Store time, Unix milliseconds. */
  readonly now: () => number;
}

/** Paths, and what a story is about. */
const visitors = [
  ['sessions', 'session'],
  ['users', 'user'],
] as const;

/** Stories: `GET /api/v1/audit/{tickets,sessions,users,connections}/{id}`, and `POST …/lookup`. */
export function storyRoutes({ auditLog, now }: StoryRoutesOptions): FastifyPluginAsyncTypebox {
  async function tell(question: Omit<StoryQuestion, 'now'>): Promise<FoundStory> {
    const story = await findStory(auditLog, { ...question, now: now() });
    if (story.kind !== 'ambiguous') return story;
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
      ({ params: { id } }) => {
        if (isTicket(id)) throw new RejectionError('request_invalid', { detail: SECRET_IN_URL });
        return tell({ kind: 'ticket', id });
      },
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
        ({ params: { id }, query: { issuer } }) => tell({ kind, id, issuer }),
      );
    app.get(
      '/api/v1/audit/connections/:id',
      { schema: { ...schemaOf('The story of a connection'), params: StoryParameters } },
      ({ params: { id } }) => tell({ kind: 'connection', id }),
    );
    app.post(
      '/api/v1/audit/lookup',
      { schema: { ...schemaOf('The story of a ticket, by the ticket itself'), body: LookupBody } },
      ({ body: { ticket } }) => tell({ kind: 'ticket', id: ticketIdOf(proofOf(ticket)) }),
    );
  };
}

const SECRET_IN_URL =
  'This is a ticket, which is a secret: URLs are kept in many logs. Give its ticket id, or POST the ticket to /api/v1/audit/lookup.';
