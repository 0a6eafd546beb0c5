import { audienceClaims, DEFAULT_ALGORITHMS, DEFAULT_CLOCK_TOLERANCE_SECONDS } from '@admit-one/identity';
import { listVariable } from '@admit-one/runtime';
import { Type } from 'typebox';
import { AUTHORIZATION } from './token-of-request.ts';

const issuerVariables = {
  OPERATOR_ISSUER: Type.Optional(
    Type.String({ description: 'The exact `iss` of the tokens that may read the audit trail.' }),
  ),
  OPERATOR_ISSUERS: Type.Optional(
    Type.String({
      description:
        'Several issuers in place of one: a JSON list of `{"issuer", "alias", "audience", …}`. What an entry leaves out is as the other variables say.',
    }),
  ),
  OPERATOR_AUDIENCE: listVariable({
    default: 'admit-one-audit',
    description: "Accepted audiences of operators' tokens; `*` switches the check off.",
  }),
  OPERATOR_AUDIENCE_CLAIM: Type.Enum([...audienceClaims], {
    default: 'aud',
    description: 'The claim that names the audience.',
  }),
  OPERATOR_JWKS_URL: Type.Optional(
    Type.String({
      description:
        "Where the public keys of the operators' issuer are (JWK set, RFC 7517). Without it they are discovered (OpenID Connect Discovery 1.0).",
    }),
  ),
  OPERATOR_JWKS: Type.Optional(
    Type.String({
      description: "The public keys of the operators' issuer themselves, as a JWK set, in place of a URL.",
    }),
  ),
  OPERATOR_ALGORITHMS: listVariable({
    default: DEFAULT_ALGORITHMS.join(','),
    description: "Signature algorithms that the operators' issuer may use; asymmetric ones only.",
  }),
  OPERATOR_CLOCK_TOLERANCE_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 60,
    default: DEFAULT_CLOCK_TOLERANCE_SECONDS,
    description: "How far the clock of the operators' issuer may be off.",
  }),
};

const proxyVariables = {
  OPERATOR_TOKEN_HEADER: Type.String({
    default: AUTHORIZATION,
    description: 'The header in which a proxy hands on a token that it has signed, with nothing before it.',
    examples: ['x-goog-iap-jwt-assertion'],
  }),
  OPERATOR_PROXY_ADDRESSES: listVariable({
    default: '',
    description:
      'Addresses and networks (CIDR) of a proxy that logs people in, and whose headers are believed on who they are; none by default.',
    examples: ['127.0.0.1'],
  }),
  OPERATOR_PROXY_USER_HEADER: Type.String({
    default: 'x-forwarded-email',
    description: 'The header in which that proxy names the user.',
  }),
  OPERATOR_PROXY_GROUPS_HEADER: Type.String({
    default: 'x-forwarded-groups',
    description: "The header in which that proxy lists the user's groups, with commas between them.",
  }),
};

/** The variables that say who may read the audit trail. */
export const operatorVariables = {
  ...issuerVariables,
  OPERATOR_SCOPE_RULES: listVariable({
    default: '',
    description:
      'Who gets which scope besides what tokens carry: `claim:value=scope`. Behind a proxy, the claims are `user` and `groups`.',
    examples: ['groups:sre=audit:read'],
  }),
  ...proxyVariables,
  BREAK_GLASS_JWKS: Type.Optional(
    Type.String({
      description:
        'The public keys, as `admit token new-key` prints them, of tokens made offline with `admit token --break-glass`.',
    }),
  ),
};
