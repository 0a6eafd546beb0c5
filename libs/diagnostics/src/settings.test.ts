import { createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { describe, expect, it } from 'vitest';
import { STANDALONE, serviceNames } from './services.ts';
import { readSettings } from './settings.ts';

const valid = {
  NATS_URL: 'nats://localhost',
  REDIS_URL: 'redis://localhost',
  DATABASE_URL: 'postgres://localhost/audit',
  JWT_ISSUER: 'https://login.example.com',
  JWT_AUDIENCE: 'app',
  JWT_JWKS_URL: 'https://login.example.com/jwks.json',
  OPERATOR_ISSUER: 'https://staff.example.com',
  OPERATOR_JWKS_URL: 'https://staff.example.com/jwks.json',
  FRONTEND_ORIGINS: 'https://app.example.com',
  TRUSTED_PROXIES: '10.0.0.0/8',
};

describe('valid settings', () => {
  it('are reported for each service', () => {
    const { diagnostics } = readSettings(serviceNames, valid);
    expect(diagnostics).toEqual([
      ...serviceNames.map((name) => ({ level: 'ok', message: `the settings of ${name} are usable` })),
      { level: 'ok', message: 'FRONTEND_ORIGINS allows the pages of https://app.example.com' },
    ]);
  });

  it.each([
    ['FRONTEND_ORIGINS', '', 'warning'],
    ['ANONYMOUS_SESSIONS', 'true', 'ok'],
    ['TRUSTED_PROXIES', '', 'ok'],
    ['VERIFY_PORT', '8083', 'ok'],
    ['NATS_ULR', 'nats://localhost', 'warning'],
  ])('with %s=%s come with advice', (name, value, level) => {
    const { diagnostics } = readSettings(['ticket-service'], { ...valid, [name]: value });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ level, message: expect.stringMatching(new RegExp(`^${name} is`)) }),
    );
  });

  it('with forward authentication but no trusted proxy come with a warning', () => {
    const { diagnostics } = readSettings(['ticket-service'], {
      ...valid,
      VERIFY_PORT: '0',
      TRUSTED_PROXIES: '',
    });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ level: 'warning', remedy: expect.stringContaining('TRUSTED_PROXIES') }),
    );
  });

  it('of the audit-service come with the other ways to read the audit log', () => {
    const [OPERATOR_PROXY_ADDRESSES, OPERATOR_SCOPE_RULES] = ['127.0.0.1', 'groups:sre=audit:read'];
    const key = createTokenIssuer({ issuer: 'i', audience: 'a', key: generateSigningKey() });
    const BREAK_GLASS_JWKS = JSON.stringify(key.jwks());
    const others = { OPERATOR_PROXY_ADDRESSES, OPERATOR_SCOPE_RULES, BREAK_GLASS_JWKS };
    const { diagnostics } = readSettings(['audit-service'], { ...valid, ...others });
    expect(diagnostics.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'ok the settings of audit-service are usable',
      expect.stringMatching(/^ok OPERATOR_PROXY_ADDRESSES is set/),
      expect.stringMatching(/^ok BREAK_GLASS_JWKS is set/),
    ]);
  });

  it('of standalone show the engines', () => {
    const [NATS_URL, REDIS_URL] = [valid.NATS_URL, valid.REDIS_URL];
    const { diagnostics, valid: rest } = readSettings([STANDALONE], { NATS_URL, REDIS_URL });
    expect(diagnostics.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'ok the settings of standalone are usable',
      'ok standalone uses NATS for the bus, Redis for tickets, PGlite for the audit log',
      'ok FRONTEND_ORIGINS is empty: only pages of this machine get tickets and connections',
      expect.stringMatching(/^ok ANONYMOUS_SESSIONS is on/),
      expect.stringMatching(/^ok TRUSTED_PROXIES is empty/),
    ]);
    expect(rest).toMatchObject({ NATS_URL, REDIS_URL });
  });

  it('of the audit-service need no origin', () => {
    const { diagnostics } = readSettings(['audit-service'], { ...valid, FRONTEND_ORIGINS: '' });
    expect(diagnostics.filter(({ level }) => level !== 'ok')).toEqual([]);
  });
});

describe('issues of the settings', () => {
  it('are reported once, with the services that they prevent from starting', () => {
    const { diagnostics } = readSettings(serviceNames, { ...valid, NATS_URL: '', REDIS_URL: '' });
    expect(diagnostics.filter(({ level }) => level !== 'ok')).toEqual([
      {
        level: 'error',
        message: expect.stringMatching(/^NATS_URL: is not set/),
        remedy: 'Fix it in the environment of ticket-service, ws-edge, audit-service.',
      },
      {
        level: 'error',
        message: expect.stringMatching(/^REDIS_URL: is not set/),
        remedy: 'Fix it in the environment of ticket-service.',
      },
    ]);
  });

  it('do not hide the rest', () => {
    const { valid: rest } = readSettings(serviceNames, { ...valid, PORT: 'http', NATS_URL: '' });
    expect(rest).toMatchObject({ REDIS_URL: 'redis://localhost', TRUSTED_PROXIES: ['10.0.0.0/8'] });
    expect(rest).not.toHaveProperty('NATS_URL');
  });

  it('of other services do not count', () => {
    const { diagnostics, valid: rest } = readSettings(['ws-edge'], { NATS_URL: 'nats://localhost' });
    expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
    expect(rest).not.toHaveProperty('REDIS_URL');
  });
});
