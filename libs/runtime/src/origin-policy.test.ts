import { describe, expect, it } from 'vitest';
import { createOriginPolicy } from './origin-policy.ts';

describe('an exact origin', () => {
  const isAllowed = createOriginPolicy({ allowed: ['https://app.example.com'], loopback: false });

  it.each([
    ['as it is', 'https://app.example.com'],
    ['with the default port, as React Native sends it', 'https://app.example.com:443'],
    ['in another case', 'HTTPS://App.example.com'],
  ])('is allowed %s', (_, origin) => {
    expect(isAllowed(origin)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['an opaque one', 'null'],
    ['a suffix', 'https://app.example.com.evil.com'],
    ['a prefix', 'https://evil-app.example.com'],
    ['a parent', 'https://example.com'],
    ['a child', 'https://x.app.example.com'],
    ['another scheme', 'http://app.example.com'],
    ['a port', 'https://app.example.com:8443'],
    ['the default port of another scheme', 'https://app.example.com:80'],
    ['a trailing dot', 'https://app.example.com.'],
    ['a trailing slash', 'https://app.example.com/'],
    ['a look-alike', 'https://аpp.example.com'],
    ['it as user info', 'https://app.example.com@evil.com'],
    ['two of them', 'https://app.example.com https://app.example.com'],
    ['a list', 'https://app.example.com,https://evil.com'],
    ['blanks around it', ' https://app.example.com'],
    ['an endless one', `https://app.example.com${'.'.repeat(100_000)}`],
  ])('is not %s', (_, origin) => {
    expect(isAllowed(origin)).toBe(false);
  });
});

describe('a wildcard', () => {
  const isAllowed = createOriginPolicy({ allowed: ['https://*.preview.example.com'], loopback: false });

  it.each([
    'https://a.preview.example.com',
    'https://a.b.preview.example.com',
    'https://A.preview.example.com:443',
  ])('stands for %s', (origin) => {
    expect(isAllowed(origin)).toBe(true);
  });

  it.each([
    'https://preview.example.com',
    'https://.preview.example.com',
    'https://evilpreview.example.com',
    'https://a.preview.example.com.evil.com',
    'https://a.preview.example.com:8443',
    'http://a.preview.example.com',
    'https://a.preview.example.com.',
    'https://a.preview.example.com:80',
    'https://evil.com/.preview.example.com',
    'https://evil.com?.preview.example.com',
    'https://evil.com#.preview.example.com',
    'https://evil.com\\.preview.example.com',
    'https://evil.com@a.preview.example.com',
    'https://a..preview.example.com',
    'https://a.preview.example.com, https://b.preview.example.com',
    'https://\u00e4.preview.example.com',
    'https://*.preview.example.com',
    `https://${'a'.repeat(64)}.preview.example.com`,
    `https://${'a.'.repeat(50_000)}a.preview.example.com`,
  ])('does not stand for %s', (origin) => {
    expect(isAllowed(origin)).toBe(false);
  });

  it('keeps to its port', () => {
    const withPort = createOriginPolicy({ allowed: ['https://*.example.com:8443'], loopback: false });
    expect(withPort('https://a.example.com:8443')).toBe(true);
    expect(withPort('https://a.example.com')).toBe(false);
  });
});

describe('the origin of an app', () => {
  const isAllowed = createOriginPolicy({ allowed: ['capacitor://localhost'], loopback: true });

  it.each([
    ['capacitor://localhost', true],
    ['Capacitor://localhost', false],
    ['capacitor://localhost/', false],
    ['capacitor://localhost:80', false],
    ['capacitor://evil', false],
    ['ionic://localhost', false],
    ['null', false],
  ])('is compared to the letter: %s %s', (origin, allowed) => {
    expect(isAllowed(origin)).toBe(allowed);
  });
});

describe('the wildcard of an extension', () => {
  const isAllowed = createOriginPolicy({ allowed: ['moz-extension://*'], loopback: false });

  it.each([
    ['moz-extension://0f52c3a5-7b0f-4a26-8a7a-5a2f4ea9cd2b', true],
    ['moz-extension://', false],
    ['moz-extension://a/b', false],
    ['moz-extension://a, https://evil.com', false],
    ['chrome-extension://abcdefghijklmnopabcdefghijklmnop', false],
    ['https://moz-extension://a', false],
    ['null', false],
  ])('stands for every host of its scheme: %s %s', (origin, allowed) => {
    expect(isAllowed(origin)).toBe(allowed);
  });
});

describe('loopback', () => {
  const origins = [
    'http://localhost',
    'http://localhost:5173',
    'https://127.0.0.1:8080',
    'http://[::1]:3000',
    'http://LOCALHOST:80',
  ];

  it.each(origins)('lets %s in where it is switched on', (origin) => {
    expect(createOriginPolicy({ allowed: [], loopback: true })(origin)).toBe(true);
    expect(createOriginPolicy({ allowed: [], loopback: false })(origin)).toBe(false);
  });

  it.each([
    'http://localhost.evil.com',
    'http://127.0.0.1.evil.com',
    'http://evil.com/localhost',
    'http://localhost@evil.com',
    'http://evil-localhost',
    'http://localhost.',
    'http://127.1',
    'http://2130706433',
    'http://[::ffff:127.0.0.1]',
    'http://128.0.0.1',
    'ftp://localhost',
    'null',
    '',
  ])('does not let %j in', (origin) => {
    expect(createOriginPolicy({ allowed: [], loopback: true })(origin)).toBe(false);
  });
});
