import { expect, test } from 'vitest';
import { parametersOf } from './parameters.ts';
import { readPage } from './read-page.ts';

const limits = { default: 100, max: 1_000 };
const pageOf = (query: object) => readPage(parametersOf(query), limits);

test.each<[object, object]>([
  [{}, { limit: 100, order: 'asc' }],
  [
    { limit: '1000', order: 'desc', cursor: 'c' },
    { limit: 1_000, order: 'desc', cursor: 'c' },
  ],
  [{ since: '1.48213.0' }, { limit: 100, order: 'position', cursor: '1.48213.0', salts: true }],
])('%j', (query, page) => {
  expect(pageOf(query)).toEqual(page);
});

const limit = 'limit must be a whole number from 1 to 1000, such as 100.';
const position = 'since must be the position of an event, such as 1.48213.0.';

test.each<[object, string]>([
  [{ limit: '0' }, limit],
  [{ limit: '1001' }, limit],
  [{ limit: 'ten' }, limit],
  [{ limit: '1e2' }, limit],
  [{ limit: '-1' }, limit],
  [{ limit: '' }, 'limit must not be empty.'],
  [{ limit: ['1', '2'] }, 'limit must be given once.'],
  [{ order: 'up' }, 'order must be asc or desc.'],
  [{ order: 'position' }, 'order must be asc or desc.'],
  [{ cursor: '' }, 'cursor must not be empty.'],
  [{ cursor: 'x'.repeat(4097) }, 'cursor must have at most 4096 characters.'],
  [{ cursor: ['a', 'b'] }, 'cursor must be given once.'],
  [{ since: '1.2' }, position],
  [{ since: '1.2.x' }, position],
  [{ since: '1.2.3', cursor: 'c' }, 'Give cursor or since, not both.'],
  [
    { since: '1.2.3', order: 'asc' },
    'order must be left out with since: events come in the order of their positions.',
  ],
])('%j is rejected with what is wrong', (query, detail) => {
  expect(() => pageOf(query)).toThrow(expect.objectContaining({ reason: 'request_invalid', detail }));
});
