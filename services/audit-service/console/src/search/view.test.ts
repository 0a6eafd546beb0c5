import { expect, test } from 'vitest';
import { urlOfView, viewOf } from './view.ts';

const queryOf = (url: string) => new URL(url, 'http://localhost').searchParams;

test.each([
  '/console/search',
  '/console/search?reason=ticket_replayed&reason%21=rate_limited&from=all',
  '/console/search?q=u7lq&from=-7d&to=-1d&housekeeping=shown',
  '/console/search?attribute.plan=pro&brush=2026-01-31T12:00:00.000Z/2026-01-31T12:05:00.000Z',
  '/console/search?story=user:anna:1@example.com',
  '/console/search?story=event:p00.a.0000000000000001@2026-01-31T12:00:00.000Z',
])('%s is a view', (url) => {
  expect(urlOfView(viewOf(queryOf(url)))).toBe(url.replaceAll('@', '%40'));
});

test.each([
  'brush=a/b',
  'brush=2026-01-31T12:00:00Z',
  'story=party:1',
  'story=event:1',
  'reason=',
  'other=1',
])('what means nothing is left out: %s', (text) => {
  expect(urlOfView(viewOf(new URLSearchParams(text)))).toBe('/console/search');
});
