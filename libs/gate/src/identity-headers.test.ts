import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHeaderValue, identityHeaders } from './identity-headers.ts';

const principal = {
  issuer: 'main',
  session: 's 1',
  sessionFrom: 'sid',
  user: 'Zoë',
  tokenIssuedAt: 0,
  kid: null,
  attributes: { 'https://example.com/role': 'admin\r\n' },
};
const identity = { principal, ticketId: 't-1', connection: 'c-1', edge: 'edge-1' };

describe.each(['X-Admit-', 'Admit-'] as const)('the identity as %s headers', (prefix) => {
  it('has every field, encoded', () => {
    const headers = identityHeaders(prefix, identity);
    const { [`${prefix}Attributes`]: attributes = '', ...others } = headers;
    expect(others).toEqual({
      [`${prefix}User`]: 'Zo%C3%AB',
      [`${prefix}Session`]: 's%201',
      [`${prefix}Issuer`]: 'main',
      [`${prefix}Ticket-Id`]: 't-1',
      [`${prefix}Connection`]: 'c-1',
      [`${prefix}Edge`]: 'edge-1',
    });
    expect(JSON.parse(Buffer.from(attributes, 'base64url').toString())).toEqual(principal.attributes);
    for (const name of Object.keys(headers)) validateHeaderName(name);
  });

  it('has an empty header where there is no user', () => {
    const anonymous = { ...identity, principal: { ...principal, user: null } };
    expect(identityHeaders(prefix, anonymous)).toHaveProperty([`${prefix}User`], '');
  });
});

describe('the value of a header', () => {
  it.each([
    ['alice@example.com', 'alice@example.com'],
    ['auth0|5f7c', 'auth0|5f7c'],
    ['Zoë', 'Zo%C3%AB'],
    ['a b', 'a%20b'],
    ['100%', '100%25'],
    ['\r\nX-Admit-User: root', '%0D%0AX-Admit-User:%20root'],
    ['😀', '%F0%9F%98%80'],
    ['\0', '%00'],
    ['', ''],
  ])('of %j is %j', (text, sent) => {
    expect(encodeHeaderValue(text)).toBe(sent);
    expect(decodeURIComponent(sent)).toBe(text);
  });

  it('encodes any text, and decodes to it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        validateHeaderValue('X-Any', encodeHeaderValue(text));
        expect(decodeURIComponent(encodeHeaderValue(text))).toBe(text);
      }),
    );
  });
});
