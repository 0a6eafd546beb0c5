import { audienceClaims, DEFAULT_ALGORITHMS, DEFAULT_CLOCK_TOLERANCE_SECONDS } from '@admit-one/identity';
import { listVariable, SECRET } from '@admit-one/runtime';
import { type Static, type TObject, Type } from 'typebox';
import { verifyVariables } from './verify/variables.ts';

/** The variables of the ticket-service, besides those that every process has. */
export const ticketVariables = {
  TICKET_TTL_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 300,
    default: 30,
    description: 'How long a ticket is good.',
  }),
  JWT_ISSUER: Type.Optional(
    Type.String({ description: 'The exact `iss` of the tokens that tickets are issued for.' }),
  ),
  JWT_ISSUERS: Type.Optional(
    Type.String({
      description:
        'Several issuers in place of one: a JSON list of `{"issuer", "alias", "audience", …}`. What an entry leaves out is as the other variables say.',
    }),
  ),
  JWT_AUDIENCE: listVariable({
    default: '',
    description: 'Accepted audiences; `*` switches the check off.',
    examples: ['my-app'],
  }),
  JWT_AUDIENCE_CLAIM: Type.Enum([...audienceClaims], {
    default: 'aud',
    description: 'The claim that names the audience.',
  }),
  JWT_JWKS_URL: Type.Optional(
    Type.String({
      description:
        "Where the issuer's public keys are (JWK set, RFC 7517). Without it they are discovered (OpenID Connect Discovery 1.0).",
    }),
  ),
  JWT_JWKS: Type.Optional(
    Type.String({ description: "The issuer's public keys themselves, as a JWK set, in place of a URL." }),
  ),
  JWT_ALGORITHMS: listVariable({
    default: DEFAULT_ALGORITHMS.join(','),
    description: 'Signature algorithms that the issuer may use; asymmetric ones only.',
  }),
  JWT_ISSUER_ALIAS: Type.String({
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    default: 'main',
    description: 'The short name of the issuer in events and bus subjects.',
  }),
  JWT_CLOCK_TOLERANCE_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 60,
    default: DEFAULT_CLOCK_TOLERANCE_SECONDS,
    description: "How far an issuer's clock may be off.",
  }),
  JWT_SESSION_CLAIMS: listVariable({
    default: 'sessionId,session_id,sid,origin_jti',
    description:
      'Claims that may name the session; the first that is present does. Names are taken literally.',
  }),
  SESSION_POLICY: Type.Enum(['derive', 'require'], {
    default: 'derive',
    description:
      'What to do with a token that has none of them: derive the session from `iss`, `sub` and `auth_time`, or refuse it.',
  }),
  JWT_USER_CLAIM: Type.String({ default: 'sub', description: 'The claim that names the user.' }),
  PRINCIPAL_ATTRIBUTES: listVariable({
    default: '',
    description:
      'Claims that are recorded in events and passed on with every connection; no more than 16, of 1,024 characters each and 8 KiB in all. Names are taken literally.',
    examples: ['roles'],
  }),
  ANONYMOUS_SESSIONS: Type.Boolean({
    default: false,
    description: 'Whether anyone may have a session without a login.',
  }),
  ANONYMOUS_SIGNING_KEY: Type.Optional(
    Type.String({
      ...SECRET,
      description: 'The private JWK (EC, P-256) that signs anonymous sessions, the same for all replicas.',
    }),
  ),
  ANONYMOUS_TOKEN_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 86_400,
    default: 3_600,
    description: 'How long the token of an anonymous session is good.',
  }),
  ...verifyVariables,
};

export type TicketVariables = Static<TObject<typeof ticketVariables>>;
