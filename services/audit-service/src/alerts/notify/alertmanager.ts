import { annotationsOf, labelsOf, type Notice } from './notice.ts';

/**
 * The body of `POST /api/v2/alerts`. A firing alert ends at `expiresAt` unless it is sent again before: so alerts of an
 * evaluator that is gone do not fire for ever.
 */
export function alertmanagerBody(notices: readonly Notice[], expiresAt: number): unknown {
  return notices.map((notice) => ({
    labels: labelsOf(notice),
    annotations: annotationsOf(notice),
    startsAt: new Date(notice.startsAt).toISOString(),
    endsAt: new Date(notice.endsAt ?? expiresAt).toISOString(),
  }));
}
