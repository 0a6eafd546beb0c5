import { type TSchema, Type } from 'typebox';
import { audienceClaims } from './issuer-config.ts';

/** What is written down of an issuer: all of it optional, as it may be wrong or not there. */
export interface IssuerSettings {
  readonly issuer?: string;
  readonly alias?: string;
  readonly audience?: readonly string[];
  readonly audienceClaim?: (typeof audienceClaims)[number];
  readonly jwksUrl?: string;
  readonly discoveryUrl?: string;
  /** The JWK set as JSON. */
  readonly jwks?: string;
  readonly algorithms?: readonly string[];
  readonly clockToleranceSeconds?: number;
  readonly sessionClaims?: readonly string[];
  readonly sessionPolicy?: 'derive' | 'require';
  readonly userClaim?: string;
  readonly attributes?: readonly string[];
}

export type IssuerSetting = keyof IssuerSettings;

export type IssuerMembers = Readonly<Partial<Record<IssuerSetting, TSchema>>>;

const text = Type.String({ minLength: 1 });

function form(schema: TSchema, description: string): TSchema {
  return { ...schema, description };
}

function claimNames(of: string): TSchema {
  return form(Type.Array(text), `a list of names of claims${of}`);
}

/** The members of an entry in a list of issuers, each with its form in words. */
export const issuerMembers: IssuerMembers = {
  issuer: form(text, 'the exact iss of its tokens, a string'),
  alias: form(
    Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
    'a short name of 1 to 32 letters, digits, _ and -',
  ),
  audience: form(Type.Union([text, Type.Array(text)]), 'a string or a list of strings'),
  audienceClaim: form(Type.Enum([...audienceClaims]), `one of ${audienceClaims.join(', ')}`),
  jwksUrl: form(text, 'a URL'),
  discoveryUrl: form(text, 'a URL'),
  jwks: form(Type.Record(Type.String(), Type.Unknown()), 'a JWK set, an object with a list "keys"'),
  algorithms: form(Type.Array(text), 'a list of algorithms'),
  clockToleranceSeconds: form(Type.Integer({ minimum: 0, maximum: 60 }), 'a whole number from 0 to 60'),
};

/** The same for issuers of users. */
export const userIssuerMembers: IssuerMembers = {
  ...issuerMembers,
  sessionClaims: claimNames(' that may name the session'),
  sessionPolicy: form(Type.Enum(['derive', 'require']), 'derive or require'),
  userClaim: form(text, 'the name of the claim that names the user'),
  attributes: claimNames(' that are passed on'),
};
