import { createHmac } from 'node:crypto';
import type { Claims } from '../identity-provider.ts';
import type { SigningKey } from '../signing-keys.ts';

/** One login of a user, however often its token is refreshed. */
export interface Login {
  /** What the provider calls the login, where it names it. */
  readonly id: string;
  /** Unix seconds. */
  readonly at: number;
}

/** The circumstances of a token. */
export interface Issuance {
  /** The exact `iss` of the provider's tokens. */
  readonly issuer: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly login: Login;
}

export interface TokenShape {
  /** Members of the JWS header other than `alg` and `kid`; `typ: undefined` where the provider sends none. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Claims;
}

/** Signs with the provider's key. */
export type Signer = Pick<SigningKey, 'sign'>;

/** A token that is sent by mistake, in place of the right one. */
export interface MistakenToken {
  /** As the provider's page calls it. */
  readonly name: string;
  /** Makes it, with the provider's own key where that signs it. */
  mint(issuance: Issuance, signer: Signer): Promise<string>;
}

/** What the tokens of a provider look like. */
export interface ProviderShape {
  /** As the provider's page calls its tokens. */
  readonly name: string;
  /** The issuer's alias in the settings of the page. */
  readonly alias: string;
  /** The page in `docs/identity`, without `.md`. */
  readonly page: string;
  readonly algorithm: 'RS256' | 'ES256';
  /** What follows the host in the `iss` of the provider's real tokens: with a slash at its end, or without. */
  readonly issuerPath: string;
  /** The right token to send. What it takes from anything but the login changes with each refresh. */
  token(issuance: Issuance): TokenShape;
  readonly mistakes: readonly MistakenToken[];
}

/** Signs a token of a shape as its provider does. */
export function mintShape(shape: TokenShape, signer: Signer): Promise<string> {
  return signer.sign(shape.claims, shape.header);
}

/** A mistaken token that the provider signs like the right one. */
export function signedMistake(name: string, token: (issuance: Issuance) => TokenShape): MistakenToken {
  return { name, mint: (issuance, signer) => mintShape(token(issuance), signer) };
}

/** A mistaken token that is no JWT, or none that anyone else can read. */
export function opaqueMistake(name: string, token: string): MistakenToken {
  return { name, mint: async () => token };
}

/** A mistaken token that is signed with a secret which only the provider knows. */
export function secretMistake(
  name: string,
  algorithm: 'HS256' | 'HS512',
  claims: (issuance: Issuance) => Claims,
): MistakenToken {
  const hash = algorithm === 'HS256' ? 'sha256' : 'sha512';
  return {
    name,
    async mint(issuance) {
      const parts = [{ alg: algorithm, typ: 'JWT' }, claims(issuance)];
      const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      return `${signed}.${createHmac(hash, 'a secret of the provider').update(signed).digest('base64url')}`;
    },
  };
}

/** The claims that say who issued a token and how long it is good. */
export function issuedFor(
  { issuer, issuedAt }: Issuance,
  seconds: number,
): { iss: string; iat: number; exp: number } {
  return { iss: issuer, iat: issuedAt, exp: issuedAt + seconds };
}
