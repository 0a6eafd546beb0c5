import { expect, test } from 'vitest';
import { auditServiceVariables, readAuditServiceVariables } from './audit-service.ts';
import { settingsOf } from './settings.ts';
import { readStandaloneVariables, standaloneVariables } from './standalone.ts';

const engines = { NATS_URL: 'nats://ann:secret-1@bus', DATABASE_URL: 'postgres://ann:secret-2@db/audit' };

function settings(environment: Readonly<Record<string, string>>) {
  const variables = readAuditServiceVariables({
    ...engines,
    OPERATOR_PROXY_ADDRESSES: '127.0.0.1',
    OPERATOR_SCOPE_RULES: 'groups:sre=audit:read',
    ...environment,
  });
  const all = settingsOf(auditServiceVariables, variables);
  return new Map(all.map(({ name, value, isDefault, isSecret }) => [name, { value, isDefault, isSecret }]));
}

test.each<[string, string, object]>([
  ['PORT', '', { value: '8082', isDefault: true, isSecret: false }],
  ['PORT', '8082', { value: '8082', isDefault: true, isSecret: false }],
  ['PORT', '9000', { value: '9000', isDefault: false, isSecret: false }],
  ['OPERATOR_ALGORITHMS', '', { isDefault: true }],
  ['OPERATOR_ALGORITHMS', 'ES256, RS256', { value: 'ES256,RS256', isDefault: false }],
  ['TRUSTED_PROXIES', '', { value: null, isDefault: true }],
  ['OPERATOR_CLIENT_ID', '', { value: null, isDefault: true }],
  ['NATS_URL', 'nats://bus', { value: '***', isDefault: false, isSecret: true }],
  ['AUDIT_PSEUDONYM_KEY', '', { value: null, isDefault: true, isSecret: true }],
  ['AUDIT_PSEUDONYM_KEY', 'k'.repeat(40), { value: '***', isDefault: false, isSecret: true }],
])('%s set to %j', (name, value, expected) => {
  expect(settings({ [name]: value }).get(name)).toMatchObject(expected);
});

test('secrets are in no value, wherever they are set', () => {
  const ecKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', alg: 'ES256' };
  const issuer = { issuer: 'https://id.example.com', alias: 'staff', jwks: { keys: [ecKey] } };
  const variables = readStandaloneVariables({
    ...engines,
    REDIS_URL: 'redis://ann:secret-3@redis',
    HTTPS_PROXY: 'http://ann:secret-4@proxy:3128',
    ALERTMANAGER_URL: 'https://ann:secret-5@alertmanager',
    ALERT_WEBHOOK_URL: 'https://hooks.example.com/secret-6',
    ROUTES: 'default=echo,chat=proxy:wss://chat.internal/?v=1&api_key=secret-9&token=secret-10',
    AUDIT_PSEUDONYMIZE: 'user',
    AUDIT_PSEUDONYM_KEY: `secret-7${'x'.repeat(32)}`,
  });
  const text = JSON.stringify(
    settingsOf(standaloneVariables, {
      ...variables,
      // A private key, where the public one belongs.
      OPERATOR_ISSUERS: JSON.stringify([{ ...issuer, jwks: { keys: [{ ...ecKey, d: 'secret-8' }] } }]),
    }),
  );
  expect(text).toContain('id.example.com');
  expect(text).toContain('wss://chat.internal/?v=1&');
  expect(text).not.toContain('secret-');
});
