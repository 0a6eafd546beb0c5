import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, type Fixture, startEngines, startFixture } from '../audit-service.fixture.ts';

let engines: Engines;
let fixture: Fixture;

beforeAll(async () => {
  engines = await startEngines();
  fixture = await startFixture(engines);
});
afterAll(async () => {
  await fixture?.stop();
  await engines?.close();
});

const page = readFileSync(new URL('../../../../docs/audit.md', import.meta.url), 'utf8');
/** A request of the page: what curl asks for, and `GET` in running text. */
const REQUEST =
  /(?:curl -sN? "http:\/\/localhost:8080|`GET )(\/api\/v1\/audit\/(?:events|stream|summary|explain)\?[^"`]+)["`](.*)/g;

const examples = [...page.matchAll(REQUEST)]
  .map(([, path = '', rest = '']): [string, string] => [path, /Accept: ([^"]+)/.exec(rest)?.[1] ?? '*/*'])
  .filter(([path]) => !path.includes('…'))
  .map(([path, accept]): [string, string] => [path.replace(/<[^>]+>/g, 'u7lqBqkCwD'), accept]);

test('the page has examples of each request', () => {
  expect(examples.length).toBeGreaterThan(10);
});

test.each(examples)('%s as %s', async (path, accept) => {
  const abort = new AbortController();
  const response = await fixture.fetch(path, { headers: { accept }, signal: abort.signal });
  expect(response.status).toBe(200);
  abort.abort();
});
