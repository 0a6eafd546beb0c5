import { expect, test } from 'vitest';
import { ownAudienceOf } from './own-audience.ts';

test.each([
  [
    { aud: ['https://tenant.auth0.com/userinfo', 'api'], azp: 'client' },
    { claim: 'aud', audience: 'api' },
  ],
  [{ aud: ['account', 'websocket'] }, { claim: 'aud', audience: 'websocket' }],
  [
    { aud: 'account', azp: 'web' },
    { claim: 'azp', audience: 'web' },
  ],
  [{ client_id: 'abc' }, { claim: 'client_id', audience: 'abc' }],
  [{ aud: '*' }, undefined],
  [{ aud: [' * ', ''] }, undefined],
  [{ aud: 'https://graph.microsoft.com' }, undefined],
  [{}, undefined],
])('of %o, what is not for everybody is %o', (claims, own) => {
  expect(ownAudienceOf(claims)).toEqual(own);
});
