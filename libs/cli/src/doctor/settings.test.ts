import { createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { describe, expect, it } from 'vitest';
import { STANDALONE, serviceNames } from './service-names.ts';
import { readSettings } from './settings.ts';

const sound = {
  NATS_URL: 'nats://localhost',
  REDIS_URL: 'redis://localhost',
  DATABASE_URL: 'postgres://localhost/trail',
  JWT_ISSUER: 'https://login.example.com',
  JWT_AUDIENCE: 'app',
  JWT_JWKS_URL: 'https://login.example.com/jwks.json',
  OPERATOR_ISSUER: 'https://staff.example.com',
  OPERATOR_JWKS_URL: 'https://staff.example.com/jwks.json',
  FRONTEND_ORIGINS: 'https://app.example.com',
  TRUSTED_PROXIES: '10.0.0.0/8',
};

describe('sound settings', () => {
  it('are so for each service', () => {
    const { diagnostics } = readSettings(serviceNames, sound);
    expect(diagnostics).toEqual([
      ...serviceNames.map((name) => ({ level: 'ok', message: `${name} finds its settings usable` })),
      { level: 'ok', message: 'FRONTEND_ORIGINS lets in the pages of https://app.example.com' },
    ]);
  });

  it.each([
    ['FRONTEND_ORIGINS', '', 'warning'],
    ['ANONYMOUS_SESSIONS', 'true', 'ok'],
    ['TRUSTED_PROXIES', '', 'ok'],
    ['VERIFY_PORT', '8083', 'ok'],
  ])('with %s=%s come with advice', (name, value, level) => {
    const { diagnostics } = readSettings(['ticket-service'], { ...sound, [name]: value });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ level, message: expect.stringMatching(new RegExp(`^${name} is`)) }),
    );
  });

  it('that let proxies ask, and do not know them, come with a warning', () => {
    const { diagnostics } = readSettings(['ticket-service'], {
      ...sound,
      VERIFY_PORT: '0',
      TRUSTED_PROXIES: '',
    });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ level: 'warning', remedy: expect.stringContaining('TRUSTED_PROXIES') }),
    );
  });

  it('of the audit-service come with the other ways to the trail', () => {
    const [OPERATOR_PROXY_ADDRESSES, OPERATOR_SCOPE_RULES] = ['127.0.0.1', 'groups:sre=audit:read'];
    const key = createTokenIssuer({ issuer: 'i', audience: 'a', key: generateSigningKey() });
    const BREAK_GLASS_JWKS = JSON.stringify(key.jwks());
    const others = { OPERATOR_PROXY_ADDRESSES, OPERATOR_SCOPE_RULES, BREAK_GLASS_JWKS };
    const { diagnostics } = readSettings(['audit-service'], { ...sound, ...others });
    expect(diagnostics.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'ok audit-service finds its settings usable',
      expect.stringMatching(/^ok OPERATOR_PROXY_ADDRESSES is set/),
      expect.stringMatching(/^ok BREAK_GLASS_JWKS is set/),
    ]);
  });

  it('of standalone may name any engines, and it is said which', () => {
    const [NATS_URL, REDIS_URL] = [sound.NATS_URL, sound.REDIS_URL];
    const { diagnostics, sound: rest } = readSettings([STANDALONE], { NATS_URL, REDIS_URL });
    expect(diagnostics.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'ok standalone finds its settings usable',
      'ok standalone has its bus in NATS, its tickets in Redis, its trail in PGlite',
      'ok FRONTEND_ORIGINS is empty: only pages of this machine get a ticket or a connection',
      expect.stringMatching(/^ok ANONYMOUS_SESSIONS is on/),
      expect.stringMatching(/^ok TRUSTED_PROXIES is empty/),
    ]);
    expect(rest).toMatchObject({ NATS_URL, REDIS_URL });
  });

  it('of the audit-service need no origin', () => {
    const { diagnostics } = readSettings(['audit-service'], { ...sound, FRONTEND_ORIGINS: '' });
    expect(diagnostics.filter(({ level }) => level !== 'ok')).toEqual([]);
  });
});

describe('faults in the settings', () => {
  it('are told once, with the services that they keep from starting', () => {
    const { diagnostics } = readSettings(serviceNames, { ...sound, NATS_URL: '', REDIS_URL: '' });
    expect(diagnostics.filter(({ level }) => level !== 'ok')).toEqual([
      {
        level: 'error',
        message: expect.stringMatching(/^NATS_URL: is not set/),
        remedy: 'Mend it in the environment of ticket-service, ws-edge, audit-service.',
      },
      {
        level: 'error',
        message: expect.stringMatching(/^REDIS_URL: is not set/),
        remedy: 'Mend it in the environment of ticket-service.',
      },
    ]);
  });

  it('leave the rest to be looked at', () => {
    const { sound: rest } = readSettings(serviceNames, { ...sound, PORT: 'http', NATS_URL: '' });
    expect(rest).toMatchObject({ REDIS_URL: 'redis://localhost', TRUSTED_PROXIES: ['10.0.0.0/8'] });
    expect(rest).not.toHaveProperty('NATS_URL');
  });

  it('that other services have do not count', () => {
    const { diagnostics, sound: rest } = readSettings(['ws-edge'], { NATS_URL: 'nats://localhost' });
    expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
    expect(rest).not.toHaveProperty('REDIS_URL');
  });
});
