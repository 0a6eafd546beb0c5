import { withoutCredentials } from '@admit-one/text';
import type { FastifyInstance } from 'fastify';
import { RejectionError } from './rejection-error.ts';
import { repeatedMember } from './repeated-member.ts';

/** The text for a body of another type. */
export const ONLY_JSON = 'The body must be JSON, with application/json as its Content-Type.';

const NOT_JSON = 'The body is not JSON.';
const CHANGES_PROTOTYPE =
  'The body has a member __proto__, or a constructor with a prototype, which is not taken.';

/**
 * Accepts JSON bodies only; others are `request_invalid`. An empty body counts as absent, whatever its content type. A
 * member that is there twice is rejected, as the last of two would win here, and the first elsewhere (RFC 8259, section 4).
 */
export function readJsonBodies(
  app: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser' | 'getDefaultJsonParser'>,
): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    if (text === '') {
      done(null, undefined);
      return;
    }
    parse(request, text, (error, value) => {
      if (error) {
        done(invalid(isJson(text) ? CHANGES_PROTOTYPE : NOT_JSON));
        return;
      }
      const repeated = repeatedMember(text, value);
      if (repeated === undefined) done(null, value);
      else
        done(
          invalid(
            `The body has the member ${JSON.stringify(withoutCredentials(repeated).slice(0, 64))} twice.`,
          ),
        );
    });
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0 || request.is404) done(null, undefined);
    else done(invalid(ONLY_JSON, 415));
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(detail: string, status = 400): RejectionError {
  return new RejectionError('request_invalid', { detail, status });
}
