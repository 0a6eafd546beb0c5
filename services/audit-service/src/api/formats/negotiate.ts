import type { IncomingMessage } from 'node:http';
import { RejectionError } from '@admit-one/runtime';
import Negotiator from 'negotiator';

/** What the answer of a search can be; the first is what a client gets that does not mind. */
const mediaTypes = ['application/json', 'application/x-ndjson', 'text/csv'] as const;

export type MediaType = (typeof mediaTypes)[number];

/**
 * The media type that the client prefers (RFC 9110, section 12.5.1).
 * @throws {RejectionError} 406 where it accepts none of them
 */
export function negotiateMediaType(request: IncomingMessage): MediaType {
  const preferred = new Negotiator(request).mediaType([...mediaTypes]);
  const mediaType = mediaTypes.find((candidate) => candidate === preferred);
  if (mediaType) return mediaType;
  throw new RejectionError('request_invalid', {
    status: 406,
    detail: `The response can be one of ${mediaTypes.join(', ')}; Accept allows none of them.`,
  });
}
