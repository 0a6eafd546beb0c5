import { describe, expect, test } from 'vitest';
import { differenceOf } from './issuer-likeness.ts';

const configured = 'https://id.example/realms/main';

describe('an issuer is like another', () => {
  test.each([
    [`${configured}/`, 'the slash at the end'],
    ['http://id.example/realms/main', 'http and https'],
    ['id.example/realms/main', 'http and https'],
    ['https://ID.example/realms/main', 'upper and lower case'],
    [` ${configured}`, 'spaces around it'],
    ['HTTP://id.example/realms/Main/', 'several details'],
  ])('in another spelling: %s', (issuer, what) => {
    expect(differenceOf(issuer, configured)).toEqual({ message: what, isSpelling: true });
  });

  test.each([
    ['https://id.example/realms/other', configured, 'after the host'],
    ['http://keycloak:8080/realms/main', configured, 'the host'],
    ['https://sts.windows.net/t1/', 'https://login.microsoftonline.com/t1/v2.0', 'Entra tenant'],
  ])('but not the same: %s', (issuer, other, what) => {
    expect(differenceOf(issuer, other)).toEqual({
      message: expect.stringContaining(what),
      isSpelling: false,
    });
  });

  test.each([
    ['https://sts.windows.net/t1/', 'https://login.microsoftonline.com/t2/v2.0'],
    ['https://else.example/', 'https://id.example/'],
    ['urn:a', 'urn:b'],
    ['supabase', configured],
  ])('not at all: %s, %s', (issuer, other) => {
    expect(differenceOf(issuer, other)).toBeUndefined();
  });
});
