import { type TSchema, Type } from 'typebox';
import { type AudienceClaim, audienceClaims } from './types.ts';

/** What is written down of an issuer; what is wrong or not there is missing. */
export interface IssuerSettings {
  readonly issuer?: string;
  readonly alias?: string;
  readonly audience?: readonly string[];
  readonly audienceClaim?: AudienceClaim;
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

/** The form of a member, also in words that go on after "must be". */
type Form = TSchema & { readonly description: string };

export type IssuerMembers = Readonly<Partial<Record<IssuerSetting, Form>>>;

const text = Type.String({ minLength: 1 });

const texts = Type.Array(text);

function form(schema: TSchema, description: string): Form {
  return { ...schema, description };
}

/** The members of an entry in a list of issuers, each with its form in words. */
export const issuerMembers: IssuerMembers = {
  issuer: form(Type.String({ pattern: '^\\S+$' }), 'the exact iss of its tokens, a string without spaces'),
  alias: form(
    Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
    'a short name of 1 to 32 letters, digits, _ and -',
  ),
  audience: form(Type.Union([text, texts]), 'a string or a list of strings'),
  audienceClaim: form(Type.Enum([...audienceClaims]), `one of ${audienceClaims.join(', ')}`),
  jwksUrl: form(text, 'a URL'),
  discoveryUrl: form(text, 'a URL'),
  jwks: form(Type.Record(Type.String(), Type.Unknown()), 'a JWK set, an object with a list "keys"'),
  algorithms: form(texts, 'a list of algorithms'),
  clockToleranceSeconds: form(Type.Integer({ minimum: 0, maximum: 60 }), 'a whole number from 0 to 60'),
};

/** The same for issuers of users. */
export const userIssuerMembers: IssuerMembers = {
  ...issuerMembers,
  sessionClaims: form(texts, 'a list of claims that may name the session'),
  sessionPolicy: form(Type.Enum(['derive', 'require']), 'derive or require'),
  userClaim: form(text, 'the claim that names the user, a string'),
  attributes: form(texts, 'a list of claims that are passed on'),
};
