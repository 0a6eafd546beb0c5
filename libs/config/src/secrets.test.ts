import { describe, expect, it, test } from 'vitest';
import { engineIssues } from './engines.ts';
import { addressesIn, createRedact } from './secrets.ts';

/** Passwords that break URLs, or patterns that look for them. */
const passwords = [
  'correct horse',
  'a#hunter2',
  '12#hunter2',
  '12/hunter2',
  '12?hunter2',
  '12,hunter2',
  'hun@ter2',
  'hun:ter2',
  '100%hunter2',
  'hun%20ter2',
  'hun"ter\\2',
  'nats://hunter2',
  '12,nats://hunter2',
  '[hunter2',
  'hünter2',
];

const urls: readonly (readonly [
  variable: 'NATS_URL' | 'REDIS_URL' | 'DATABASE_URL',
  urlOf: (password: string) => string,
])[] = [
  ['DATABASE_URL', (password) => `postgres://admin:${password}@db.internal/audit`],
  ['DATABASE_URL', (password) => `admin:${password}@db.internal/audit`],
  ['DATABASE_URL', (password) => `postgres://db.internal/audit?password=${password}`],
  ['REDIS_URL', (password) => `redis://:${password}@one:6379/0`],
  ['REDIS_URL', (password) => `rediss-sentinel://user:${password}@one:26379,two:26379/main`],
  ['NATS_URL', (password) => `nats://user:${password}@one:4222,nats://two:4222`],
  ['NATS_URL', (password) => `nats://one:4222,tls://user:${password}@two:4222`],
  ['NATS_URL', (password) => `nats://${password}@one:4222`],
  ['NATS_URL', (password) => `http:${password}@one:4222`],
];

const rows = urls.flatMap(([variable, urlOf]) =>
  passwords.map((password) => ({ variable, value: urlOf(password), password })),
);
/** The parts of a password that nothing may show. */
const revealing = /h[uü]n|ter2|hunter|correct|horse|12|100/;

describe('a password', () => {
  it.each(rows)('is not in the addresses of $variable=$value, nor in an issue', ({ variable, value }) => {
    expect(addressesIn(value)).not.toMatch(revealing);
    expect(engineIssues({ [variable]: value }).join()).not.toMatch(revealing);
  });

  it.each(rows)('is removed from errors about $variable=$value', ({ variable, value, password }) => {
    const redact = createRedact({ [variable]: value });
    const texts = [value, password, encodeURI(password), encodeURIComponent(password)];
    for (const text of texts.flatMap((each) => [each, JSON.stringify({ input: each })])) {
      expect(redact(`Invalid URL: ${text} (1)`)).toMatch(/^Invalid URL: .* \(1\)$/);
      expect(redact(text)).not.toContain(password);
    }
  });
});

it.each([
  [
    'postgres://admin:correct horse@db.internal:5432/audit?sslmode=require',
    'postgres://db.internal:5432/audit',
  ],
  ['redis://redis:6379/0', 'redis://redis:6379/0'],
  ['rediss-sentinel://:hunter2@one:26379,two:26379/main', 'rediss-sentinel://one:26379,two:26379/main'],
  ['nats://hunter2@one:4222,nats://u:hunter2@two:4222', 'nats://one:4222,nats://two:4222'],
  ['nats://one:4222, tls://[::1]:4222', 'nats://one:4222,tls://[::1]:4222'],
  ['nats://one:4222,nats://u:hunter2@two:4222', 'nats://…,nats://two:4222'],
  ['postgres://u:a?b@c@host/db', 'postgres://…'],
])('the addresses in %s are %s', (value, addresses) => {
  expect(addressesIn(value)).toBe(addresses);
});

it('removes private keys, and what is no JSON in the place of a key', () => {
  const key = { kty: 'EC', crv: 'P-256', x: 'public-x', y: 'public-y', d: 'private-d' };
  const redact = createRedact({
    ANONYMOUS_SIGNING_KEY: 'no-json-at-all',
    AUDIT_SIGNING_KEY: JSON.stringify({ d: 'of-seals' }),
    PROXY_SIGNING_KEY: JSON.stringify({ d: 'of-proxies' }),
    JWT_JWKS: JSON.stringify({ keys: [key] }),
    OPERATOR_ISSUERS: JSON.stringify([
      { jwks: { keys: [{ kty: 'oct', k: 'shared-k' }] }, client_secret: 'of-client' },
    ]),
  });
  const text = 'public-x private-d shared-k of-client no-json-at-all of-seals of-proxies';
  expect(redact(text)).toBe('public-x *** *** *** *** *** ***');
});

it('removes the key of pseudonyms', () => {
  const redact = createRedact({ AUDIT_PSEUDONYM_KEY: '12345678901234567890123456789012' });
  expect(redact('key 12345678901234567890123456789012')).toBe('key ***');
});

it('removes nothing where there is no secret, and no text of one or two characters', () => {
  const redact = createRedact({
    NATS_URL: 'nats://one',
    REDIS_URL: 'redis://u:a@one',
    DATABASE_URL: undefined,
  });
  expect(redact('a banana at nats://one')).toBe('a banana at nats://one');
});

test.each([
  ['ALERTMANAGER_URL', ['http://am-0:9093', 'http://prom:hunter2@am-1:9093']],
  ['ALERT_WEBHOOK_URL', 'https://hooks.example.com/hunter2'],
])('what is secret in %s is removed from texts', (variable, value) => {
  const redact = createRedact({ [variable]: value });
  expect(redact(`cannot reach ${[value].flat().join()}`)).not.toContain('hunter2');
});
