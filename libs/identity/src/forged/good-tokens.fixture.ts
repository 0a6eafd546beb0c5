import type { Principal } from '@admit-one/core';
import { expect } from 'vitest';
import { ofLength, TOLERANCE_SECONDS } from './bad-claims.fixture.ts';
import { type Members, signed, type TokenForge } from './token-forge.fixture.ts';

/** What is odd about a token that is good all the same, how to make it, and what it says of the principal. */
export type GoodToken = readonly [what: string, token: () => string, principal: Partial<Principal>];

/** Valid tokens that look like bad ones. */
export function goodTokens(forge: TokenForge): readonly GoodToken[] {
  return [
    ...oddHeaders(forge),
    ...oddClaims(forge),
    ...oddPrincipals(forge),
    ...namelessSessions(forge),
    ...oddTexts(forge),
  ];
}

function oddHeaders(forge: TokenForge): readonly GoodToken[] {
  const headers: Readonly<Record<string, Members>> = {
    'no type': { typ: undefined },
    'the type of access tokens': { typ: 'at+jwt' },
    'the whole type of access tokens': { typ: 'application/at+jwt' },
    'a type in another case': { typ: 'At+JWT' },
    'the content type of its claims': { cty: 'json' },
    'no kid, where one key fits': { kid: undefined },
    'an additional key of the attacker, which is ignored': { jku: 'http://127.0.0.1:1/jwks.json' },
  };
  return [
    ...Object.entries(headers).map(
      ([what, more]): GoodToken => [what, () => forge.token(forge.claims(), forge.header(more)), {}],
    ),
    [
      'a key of RSA',
      () => signed(forge.header({ alg: 'RS256', kid: 'forge-key-rsa' }), forge.claims(), forge.keys.rsa),
      {},
    ],
  ];
}

function oddClaims(forge: TokenForge): readonly GoodToken[] {
  const now = () => Math.floor(Date.now() / 1000);
  const { audience } = forge;
  const claims: Readonly<Record<string, () => Members>> = {
    'ours among its audiences': () => ({ aud: ['another', audience] }),
    'audiences of which some are no texts': () => ({ aud: [1, null, audience] }),
    'an end that the tolerance covers': () => ({ exp: now() - TOLERANCE_SECONDS / 2 }),
    'a beginning that the tolerance covers': () => ({ iat: now() + TOLERANCE_SECONDS / 2 }),
    'an end in fractions of a second': () => ({ exp: now() + 60.5 }),
    'a beginning in fractions of a second': () => ({ iat: now() - 0.5, nbf: now() - 0.5 }),
    'an end in the far future': () => ({ exp: 1e12 }),
    'claims with the names of members of Object': () => ({ toString: 'x', constructor: { prototype: {} } }),
  };
  return Object.entries(claims).map(([what, more]) => [what, () => forge.token(forge.claims(more())), {}]);
}

function oddPrincipals(forge: TokenForge): readonly GoodToken[] {
  const users: Readonly<Record<string, readonly [sub: unknown, user: string | null]>> = {
    'a number for a user': [7, '7'],
    'no user': [undefined, null],
    'null for a user': [null, null],
    'a user in many scripts': ['Zoë \u202e😀 用户', 'Zoë \u202e😀 用户'],
    'the longest user': ['u'.repeat(256), 'u'.repeat(256)],
  };
  return Object.entries(users).map(([what, [sub, user]]) => [
    what,
    () => forge.token(forge.claims({ sub })),
    { user },
  ]);
}

/** A claim that names nothing leaves the session to the next claim, or has it derived. */
function namelessSessions(forge: TokenForge): readonly GoodToken[] {
  const values = ['', ' \t', 1.5, false, {}, ['forge-session'], null];
  return values.map((sessionId) => [
    `sessionId ${JSON.stringify(sessionId)}`,
    () => forge.token(forge.claims({ sessionId })),
    { session: expect.stringMatching(/^[\w-]{43}$/), sessionFrom: 'derived' },
  ]);
}

/** JSON that says a thing twice: the last word counts, wherever it is read (RFC 8725, section 2.4). */
function oddTexts(forge: TokenForge): readonly GoodToken[] {
  const behind = (members: string) => () =>
    forge.token(`{${members},${JSON.stringify(forge.claims()).slice(1)}`);
  return [
    ['two audiences, of which the last counts', behind('"aud":"another"'), {}],
    ['two users, of which the last counts', behind('"sub":"first"'), {}],
    ['a prototype', behind('"__proto__":{"sub":"forged","sessionId":"forged"}'), {}],
    ['exactly 16 KiB', () => ofLength(forge, 16_384), {}],
  ];
}
