import { expect, it } from 'vitest';
import { withoutSecrets } from './report.ts';

it.each([
  ['redis://redis:6379/0', 'redis://redis:6379/0'],
  ['redis://user:hunter2@redis:6379', 'redis://redis:6379'],
  ['rediss-sentinel://:hunter2@one:26379,two:26379/main', 'rediss-sentinel://one:26379,two:26379/main'],
  ['redis://:hun,ter@2/hunter2@redis', 'redis://redis'],
  ['nats://hunter2@one:4222,nats://u:hunter2@two:4222', 'nats://one:4222,nats://two:4222'],
  ['postgres://pg/audit?user=u&password=hunter2', 'postgres://pg/audit'],
  [
    'POSTGRES://u:hunter2@pg rejects, and so does redis://:hunter2@r.',
    'POSTGRES://pg rejects, and so does redis://r.',
  ],
  ['mail hunter@example.com about it?', 'mail hunter@example.com about it?'],
])('of %s leaves %s', (text, left) => {
  expect(withoutSecrets(text)).toBe(left);
});
