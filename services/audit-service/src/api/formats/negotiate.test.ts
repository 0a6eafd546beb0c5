import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { negotiateMediaType } from './negotiate.ts';

const accepting = (accept?: string) =>
  ({ headers: accept === undefined ? {} : { accept } }) as IncomingMessage;

test.each<[string | undefined, string]>([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
  ['application/json', 'application/json'],
  ['application/*', 'application/json'],
  ['application/x-ndjson', 'application/x-ndjson'],
  ['APPLICATION/X-NDJSON', 'application/x-ndjson'],
  ['text/csv', 'text/csv'],
  ['text/*', 'text/csv'],
  ['application/json;q=0.5, text/csv;q=0.9', 'text/csv'],
  ['application/json;q=0, */*', 'application/x-ndjson'],
  ['text/csv, */*;q=0.1', 'text/csv'],
])('Accept: %s gets %s', (accept, mediaType) => {
  expect(negotiateMediaType(accepting(accept))).toBe(mediaType);
});

test.each(['application/xml', 'text/html', 'application/json;q=0', ''])('Accept: %s gets 406', (accept) => {
  const rejection = { reason: 'request_invalid', status: 406, detail: expect.stringContaining('text/csv') };
  expect(() => negotiateMediaType(accepting(accept))).toThrow(expect.objectContaining(rejection));
});
