import { describe, expect, test } from 'vitest';
import { settingsFor } from './settings-for-token.ts';

const iss = 'https://tenant.eu.auth0.com/';
const first = { prefix: 'JWT', listed: false, isFirst: true } as const;
const discovered = `# keys: discovered at ${iss}.well-known/openid-configuration`;

describe('what to paste for an issuer', () => {
  test('that is the first', () => {
    expect(settingsFor({ iss, aud: [`${iss}userinfo`, 'api'] }, 'RS512', first)).toEqual([
      `JWT_ISSUER=${iss}`,
      'JWT_AUDIENCE=api',
      'JWT_ALGORITHMS=RS512',
      discovered,
    ]);
  });

  test('that names the audience elsewhere, or nowhere', () => {
    expect(settingsFor({ iss, client_id: 'c' }, 'RS256', first)).toContain('JWT_AUDIENCE_CLAIM=client_id');
    expect(settingsFor({ iss }, 'RS256', first)).toContain('JWT_AUDIENCE=your-api');
  });

  test('that comes beside others', () => {
    const [entry, ...comments] = settingsFor({ iss, aud: 'api' }, 'RS256', { ...first, isFirst: false });
    expect(JSON.parse(String(entry))).toEqual({ alias: 'auth0', issuer: iss, audience: ['api'] });
    expect(comments[0]).toContain('and JWT_ISSUER with the variables beside it as another entry');
  });

  test('that a variable cannot hold', () => {
    const [line = ''] = settingsFor({ iss, aud: 'a,b' }, 'RS256', first);
    expect(JSON.parse(/^JWT_ISSUERS='(.*)'$/.exec(line)?.[1] ?? '')).toMatchObject([{ audience: ['a,b'] }]);
  });

  test('that is no URL', () => {
    expect(settingsFor({ iss: 'urn:x', aud: 'a' }, 'RS256', first)).toContainEqual(
      expect.stringContaining('JWT_JWKS_URL'),
    );
  });

  test('that cannot be shown', () => {
    expect(settingsFor({ iss: `https://a\u202e.example`, aud: 'a' }, 'RS256', first)).toEqual([]);
  });
});
