import { expect, it } from 'vitest';
import { headersOf } from './bridge-headers.ts';

const principal = {
  issuer: 'main',
  session: 's-1',
  sessionFrom: 'sid',
  user: 'u-1',
  tokenIssuedAt: 0,
  kid: null,
  attributes: { role: 'admin' },
};

it('says who speaks', () => {
  expect(headersOf({ id: 'c-1', principal }, 'edge-1')).toEqual({
    'Admit-Issuer': 'main',
    'Admit-Session': 's-1',
    'Admit-User': 'u-1',
    'Admit-Connection': 'c-1',
    'Admit-Edge': 'edge-1',
    'Admit-Attribute-role': 'admin',
  });
});

it('says nothing of a user that is not there', () => {
  expect(headersOf({ id: 'c-1', principal: { ...principal, user: null } }, 'edge-1')).not.toHaveProperty(
    'Admit-User',
  );
});

it.each(['a\r\nAdmit-User: root', 'J\u00fcrgen', '100%', ' x ', '\u{1f600}', '\0', ''])(
  'keeps a value from being anything but a value: %j',
  (user) => {
    const value = headersOf({ id: 'c-1', principal: { ...principal, user } }, 'edge-1')['Admit-User'] ?? '';
    expect(value).toMatch(/^[\x21-\x7e]*$/);
    expect(decodeURIComponent(value)).toBe(user);
  },
);

it('keeps a name from being anything but a name', () => {
  const attributes = { 'https://example.com/role: x\r\n': 'y' };
  expect(headersOf({ id: 'c-1', principal: { ...principal, attributes } }, 'edge-1')).toHaveProperty([
    'Admit-Attribute-https%3A%2F%2Fexample.com%2Frole%3A%20x%0D%0A',
  ]);
});
