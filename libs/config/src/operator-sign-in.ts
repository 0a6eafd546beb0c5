import { type IssuerConfig, issuersOf } from '@admit-one/identity';
import { type Static, type TObject, Type } from 'typebox';
import type { operatorVariables } from './operators.ts';

/** How operators sign in to the console. */
export const signInVariables = {
  OPERATOR_CLIENT_ID: Type.Optional(
    Type.String({
      description:
        "The console's client id at the operators' issuer, at the first of several: a public client (authorization code with PKCE) whose redirect URI ends in `/console/sign-in`. Without it, nobody signs in to the console there.",
      examples: ['admit-one-console'],
    }),
  ),
  OPERATOR_SIGN_IN_PARAMETERS: Type.String({
    default: 'scope=openid',
    description:
      'What the console requests there in addition, as a query string: `scope`, and what the issuer needs to issue an access token for `OPERATOR_AUDIENCE`.',
    examples: ['scope=openid audit:read&audience=admit-one-audit'],
  }),
};

type SignInVariables = Static<TObject<typeof signInVariables>>;
type Variables = SignInVariables & Static<TObject<typeof operatorVariables>>;

/** How people sign in to the console by an issuer of operators. */
export interface SignInConfig {
  readonly issuer: IssuerConfig;
  readonly clientId: string;
  /** Further parameters of the authorization request, with `scope`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What the console sends to the audit API: the ID token where its audience, the client, is one that is accepted. */
  readonly token: 'access_token' | 'id_token';
}

/** The parameters that the console makes itself. */
const OWN = [
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'state', 'nonce', 'prompt'],
  ...['code_challenge', 'code_challenge_method'],
];

/** The issues of `signInVariables` that their schemas can't express. */
export function signInIssues(variables: Partial<Variables>): readonly string[] {
  const { OPERATOR_CLIENT_ID: id, OPERATOR_SIGN_IN_PARAMETERS: text, OPERATOR_ISSUER } = variables;
  const issues: string[] = [];
  if (id !== undefined && OPERATOR_ISSUER === undefined && variables.OPERATOR_ISSUERS === undefined)
    issues.push('OPERATOR_CLIENT_ID: is set without an issuer. Set OPERATOR_ISSUER too.');
  if (text === undefined) return issues;
  const parameters = new URLSearchParams(text);
  for (const name of OWN.filter((own) => parameters.has(own)))
    issues.push(`OPERATOR_SIGN_IN_PARAMETERS: has ${name}, which the console sets by itself. Remove it.`);
  const scopes = parameters.get('scope')?.split(' ') ?? [];
  if (!scopes.includes('openid'))
    issues.push('OPERATOR_SIGN_IN_PARAMETERS: has no scope openid. Begin with scope=openid.');
  return issues;
}

/** The configuration in variables without issues; null without a client id. */
export function signInConfigOf(variables: Variables): SignInConfig | null {
  const { OPERATOR_CLIENT_ID: clientId, OPERATOR_SIGN_IN_PARAMETERS: parameters } = variables;
  const [issuer] = clientId === undefined ? [] : issuersOf(variables, 'OPERATOR');
  if (clientId === undefined || !issuer) return null;
  const { audiences, audienceClaim = 'aud' } = issuer;
  const isForClient = audienceClaim === 'aud' && (audiences?.includes(clientId) ?? false);
  return {
    issuer,
    clientId,
    parameters: Object.fromEntries(new URLSearchParams(parameters)),
    token: isForClient ? 'id_token' : 'access_token',
  };
}
