import type { FastifyInstance } from 'fastify';
import { RejectionError } from './rejection-error.ts';

/** The text for a body of another type. */
export const ONLY_JSON = 'The body must be JSON, with application/json as its Content-Type.';

/**
 * Accepts JSON bodies only; others are `request_invalid`. An empty body counts as absent, whatever its content type.
 */
export function readJsonBodies(
  app: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser' | 'getDefaultJsonParser'>,
): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0 || request.is404) done(null, undefined);
    else done(notJson());
  });
}

function notJson(): RejectionError {
  return new RejectionError('request_invalid', { detail: ONLY_JSON, status: 415 });
}
