import { operatorScopes } from '@admit-one/identity';
import { Type } from 'typebox';

const OperatorView = Type.Object(
  {
    subject: Type.String(),
    scopes: Type.Array(Type.Enum(Object.keys(operatorScopes))),
    from: Type.Enum(['token', 'break_glass', 'proxy']),
    expiresAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'When the token expires; null behind a proxy.',
    }),
  },
  { description: 'Who asks.' },
);

const SignIn = Type.Object(
  {
    issuer: Type.String(),
    clientId: Type.String(),
    parameters: Type.Record(Type.String(), Type.String(), {
      description: 'Of the authorization request, in addition to those of the code flow with PKCE.',
    }),
    token: Type.Enum(['access_token', 'id_token'], { description: 'Which one the audit API takes.' }),
    server: Type.Union(
      [
        Type.Object({
          issuer: Type.String(),
          authorization_endpoint: Type.String(),
          token_endpoint: Type.String(),
          end_session_endpoint: Type.Optional(Type.String()),
          authorization_response_iss_parameter_supported: Type.Optional(Type.Boolean()),
          id_token_signing_alg_values_supported: Type.Optional(Type.Array(Type.String())),
        }),
        Type.Null(),
      ],
      { description: "From the issuer's discovery document; null where it cannot be read." },
    ),
  },
  { description: 'The code flow with PKCE by which people sign in.' },
);

/** What `GET /api/v1/audit/session` answers. */
export const SessionReply = Type.Object({
  operator: Type.Union([OperatorView, Type.Null()], {
    description: 'Null where the request has no credentials.',
  }),
  signIn: Type.Union([SignIn, Type.Null()], { description: 'Null where no issuer is configured for it.' }),
  breakGlass: Type.Boolean({ description: 'Whether break-glass tokens are accepted.' }),
  proxy: Type.Boolean({ description: 'Whether a proxy in front signs people in.' }),
});
