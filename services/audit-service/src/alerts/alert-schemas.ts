import { alertSeverities } from '@admit-one/core';
import { Type } from 'typebox';

const NullableTime = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description });

/** What `GET /api/v1/audit/alerts` answers. */
export const AlertsReply = Type.Object({
  evaluatedAt: NullableTime('When the alerts were last evaluated; null where they never were.'),
  silencesAt: Type.Union([Type.String(), Type.Null()], {
    description: "The page of Alertmanager's silences; null without `ALERTMANAGER_URL`.",
  }),
  alerts: Type.Array(
    Type.Object({
      alert: Type.String(),
      severity: Type.Enum([...alertSeverities]),
      status: Type.Enum(['firing', 'pending', 'resolved'], {
        description: '`pending`: its condition holds, but not for long enough.',
      }),
      summary: Type.String(),
      since: Type.String({ format: 'date-time', description: 'Since when it has that status.' }),
      firedAt: NullableTime('When it last fired.'),
      resolvedAt: NullableTime('When it last resolved; null while it fires.'),
      resolvesAt: NullableTime(
        'When it resolves, unless its condition holds again; null where that holds now, or nothing fires.',
      ),
      value: Type.Union([Type.Number(), Type.Null()], { description: 'What its condition measured last.' }),
      detail: Type.Union([Type.String(), Type.Null()], { description: 'What that was about when it fired.' }),
      inhibitedBy: Type.Union([Type.String(), Type.Null()], {
        description: 'The alert that explains it: the webhook is not called meanwhile.',
      }),
      runbook: Type.String({ description: 'Where its runbook is in the repository.' }),
    }),
    { description: 'The firing ones first, then the pending ones, then those that resolved within a day.' },
  ),
});
