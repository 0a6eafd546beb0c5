import type { AuditLog, StoreClock } from '@admit-one/core';
import { type Logger, RejectionError } from '@admit-one/runtime';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginAsync } from 'fastify';
import { Type } from 'typebox';
import { type OperatorChecks, requireOperator } from '../api/access/require-operator.ts';
import { problems } from '../api/problems.ts';
import { commonSchema } from '../api/routes/route-context.ts';
import type { Pseudonyms } from '../pseudonyms/pseudonyms.ts';

export interface ForgetRouteOptions extends OperatorChecks {
  readonly auditLog: Pick<AuditLog, 'forget'>;
  readonly clock: Pick<StoreClock, 'now'>;
  readonly pseudonyms: Pseudonyms;
  readonly instance: string;
  readonly log: Logger;
}

const ForgetBody = Type.Object(
  {
    user: Type.String({ minLength: 1, maxLength: 512, description: 'The id of the user.' }),
    issuer: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'The alias of the issuer, where several use the same ids.',
      }),
    ),
    reason: Type.String({
      minLength: 1,
      maxLength: 512,
      pattern: '\\S',
      description: 'Why. It stays in the audit log, so it must not name the user.',
    }),
    dryRun: Type.Optional(Type.Boolean({ description: 'Only tell how many events there are.' })),
  },
  { additionalProperties: false },
);

const ForgetReply = Type.Object({
  events: Type.Integer({ description: 'How many events have personal values of the user.' }),
  kept: Type.Integer({
    description: 'How many of them keep these: sealed by an earlier version, or a revocation in force.',
  }),
  dryRun: Type.Boolean(),
});

/** `POST /api/v1/audit/forget`: for operators with the scope `audit:forget`. */
export function forgetRoute(options: ForgetRouteOptions): FastifyPluginAsync {
  const { auditLog, clock, pseudonyms, instance, log } = options;
  return async (untyped) => {
    const app = untyped.withTypeProvider<TypeBoxTypeProvider>();
    requireOperator(untyped, options, () => 'audit:forget');
    app.post(
      '/api/v1/audit/forget',
      {
        schema: {
          ...commonSchema,
          summary: 'Remove the personal values of a user from the audit log',
          body: ForgetBody,
          response: { 200: ForgetReply, ...problems },
        },
      },
      async ({ body: { user, issuer, reason, dryRun = false }, operator, trace }) => {
        if (names(reason, user))
          throw new RejectionError('request_invalid', {
            detail: 'The reason names the user. It stays in the audit log: give a number of the request.',
          });
        const forgotten = await auditLog.forget({
          users: storedForms(pseudonyms, user),
          ...{ issuer, reason, dryRun },
          operator: { subject: operator.subject, from: operator.from.kind },
          source: instance,
          traceparent: trace.traceparent,
          now: clock.now(),
        });
        const { events, kept } = forgotten;
        if (!dryRun) log.info({ eventCount: events - kept, keptCount: kept }, 'user_forgotten');
        return { ...forgotten, dryRun };
      },
    );
  };
}

/** Its own, from before pseudonyms were set, and its pseudonym. */
function storedForms(pseudonyms: Pseudonyms, user: string): readonly string[] {
  const { facts } = pseudonyms.ofFilter({ facts: { user: { include: [user] } } });
  return [...new Set([user, ...(facts?.user?.include ?? [])])];
}

/** Whether a text has the user as a word, in whatever case. */
function names(text: string, user: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped(user)}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
