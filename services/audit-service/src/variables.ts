import { DEFAULT_ALGORITHMS } from '@admit-one/identity';
import { listVariable } from '@admit-one/runtime';
import { type Static, type TObject, Type } from 'typebox';

/** The variables of the audit-service, besides those that every process has. */
export const auditVariables = {
  OPERATOR_ISSUER: Type.Optional(
    Type.String({ description: 'The exact `iss` of the tokens that may read the audit trail.' }),
  ),
  OPERATOR_AUDIENCE: listVariable({
    default: 'admit-one-audit',
    description: "Accepted values of `aud` in operators' tokens.",
  }),
  OPERATOR_JWKS_URL: Type.Optional(
    Type.String({ description: "Where the operators' issuer has its public keys (JWK set, RFC 7517)." }),
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
  SEQUENCE_GAP_GRACE_SECONDS: Type.Number({
    minimum: 1,
    maximum: 3600,
    default: 10,
    description: 'How long an event may be missing from its sequence before it counts as lost.',
  }),
};

export type AuditVariables = Static<TObject<typeof auditVariables>>;
