import { expect, it } from 'vitest';
import { misspelledVariables } from './misspelled.ts';

it.each([
  ['NATS_ULR', 'NATS_URL'],
  ['nats_url', 'NATS_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['FRONTEND_ORIGIN', 'FRONTEND_ORIGINS'],
  ['ROUTE', 'ROUTES'],
  ['JWT_AUDENCE', 'JWT_AUDIENCE'],
])('finds that %s is probably %s', (variable, nearest) => {
  expect(misspelledVariables({ [variable]: 'x', NATS_URL: 'nats://host' })).toEqual([{ variable, nearest }]);
});

it.each([
  ['a variable that another service reads', 'REDIS_URL'],
  ['those of other programs', 'PATH', 'HOME', 'HOSTNAME', 'SHELL', 'FTP_PROXY', 'no_proxy', 'NODE_OPTIONS'],
  ['what Kubernetes sets for a service of the name', 'NATS_PORT', 'REDIS_SERVICE_HOST', 'REDIS_PORT'],
  ['passwords beside the URLs', 'NATS_WS_EDGE_PASSWORD', 'AUDIT_URL'],
])('leaves %s alone', (_, ...variables) => {
  expect(misspelledVariables(Object.fromEntries(variables.map((name) => [name, 'x'])))).toEqual([]);
});
