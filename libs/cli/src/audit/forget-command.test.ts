import { expect, test } from 'vitest';
import { exitCodes } from '../command-error.ts';
import { startAuditServer } from './audit-server.fixture.ts';

const words = ['forget', 'user', 'alice', '--reason', 'request 17'];

test.each<[string, readonly string[], object, object, RegExp, number]>([
  [
    'removes',
    [],
    { events: 12, kept: 0 },
    { user: 'alice', reason: 'request 17', dryRun: false },
    /^removed the personal values of 12 events\n$/,
    exitCodes.success,
  ],
  [
    'says what is kept',
    ['--issuer', 'main'],
    { events: 12, kept: 1 },
    { user: 'alice', reason: 'request 17', dryRun: false, issuer: 'main' },
    /^removed the personal values of 11 events\n1 event kept theirs: /,
    exitCodes.incomplete,
  ],
  [
    'only counts',
    ['--dry-run'],
    { events: 12, kept: 0 },
    { user: 'alice', reason: 'request 17', dryRun: true },
    /^would remove the personal values of 12 events\n$/,
    exitCodes.success,
  ],
  [
    'finds nobody',
    [],
    { events: 0, kept: 0 },
    { user: 'alice', reason: 'request 17', dryRun: false },
    /of 0 events\n$/,
    exitCodes.notFound,
  ],
])('admit audit forget %s', async (_what, more, reply, sent, output, code) => {
  const server = await startAuditServer(reply);
  expect(await server.admit([...words, ...more]).ended).toMatchObject({
    code,
    stdout: expect.stringMatching(output),
  });
  expect(server.requests.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([['forget', sent]]);
});
