import {
  audienceClaims,
  DEFAULT_ALGORITHMS,
  DEFAULT_CLOCK_TOLERANCE_SECONDS,
  DEFAULT_MAX_TOKEN_BYTES,
  type IssuerPrefix,
} from '@admit-one/identity';
import { Type } from 'typebox';
import { listVariable, SECRET } from './read-variables.ts';

/** The proxy that issuers' keys are fetched through, and alerts posted. The HTTP client reads them too, also in lower case. */
export const outboundProxyVariables = {
  HTTPS_PROXY: Type.Optional(
    Type.String({
      ...SECRET,
      description:
        'Proxy to fetch keys from https URLs through, and to post alerts: `http://proxy:3128`. Lower case takes precedence.',
    }),
  ),
  HTTP_PROXY: Type.Optional(
    Type.String({
      ...SECRET,
      description: 'The same for http URLs, and for https URLs where `HTTPS_PROXY` is not set.',
    }),
  ),
  NO_PROXY: Type.Optional(
    Type.String({ description: 'Hosts to reach without a proxy, comma-separated; `*` for all.' }),
  ),
};

/** The issues of `outboundProxyVariables`. */
export function outboundProxyIssues(variables: {
  readonly HTTPS_PROXY?: string | undefined;
  readonly HTTP_PROXY?: string | undefined;
}): readonly string[] {
  return (['HTTPS_PROXY', 'HTTP_PROXY'] as const)
    .filter((name) => variables[name] !== undefined && !isProxyUrl(String(variables[name])))
    .map((name) => `${name}: is not an http(s) URL (the value is not shown)`);
}

function isProxyUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

export interface IssuerVariablesOptions {
  /** What tokens of this issuer are for, to end the sentence `The exact iss of the tokens …`. */
  readonly use: string;
  /** What the descriptions call the issuer. */
  readonly noun: string;
  readonly defaultAudience: string;
}

type Prefixed<Prefix extends string, Variables> = {
  [Name in keyof Variables & string as `${Prefix}_${Name}`]: Variables[Name];
};

/** The variables of the trusted issuers, with names that start with `JWT_` (users) or `OPERATOR_` (operators). */
export function issuerVariables<Prefix extends IssuerPrefix>(
  prefix: Prefix,
  options: IssuerVariablesOptions,
) {
  const variables = unprefixed(options);
  const named = Object.entries(variables).map(([name, variable]) => [`${prefix}_${name}`, variable]);
  return Object.fromEntries(named) as Prefixed<Prefix, typeof variables>;
}

function unprefixed({ use, noun, defaultAudience }: IssuerVariablesOptions) {
  return {
    ISSUER: Type.Optional(Type.String({ description: `The exact \`iss\` of the tokens ${use}.` })),
    ISSUERS: Type.Optional(
      Type.String({
        description:
          'Several issuers instead of one: a JSON list of `{"issuer", "alias", "audience", …}`. Members that an entry omits default to the other variables.',
      }),
    ),
    AUDIENCE: listVariable({
      default: defaultAudience,
      description: `Accepted audiences of tokens of ${noun}; \`*\` disables the check.`,
      examples: ['my-app'],
    }),
    AUDIENCE_CLAIM: Type.Enum([...audienceClaims], {
      default: 'aud',
      description: 'The claim that holds the audience.',
    }),
    JWKS_URL: Type.Optional(
      Type.String({
        description: `URL of the public keys of ${noun} (JWK set, RFC 7517). Default: from OpenID Connect Discovery 1.0.`,
      }),
    ),
    JWKS: Type.Optional(
      Type.String({ description: `The public keys of ${noun} as a JWK set, instead of a URL.` }),
    ),
    ALGORITHMS: listVariable({
      default: DEFAULT_ALGORITHMS.join(','),
      description: `Signature algorithms that ${noun} may use; only asymmetric ones are supported.`,
    }),
    CLOCK_TOLERANCE_SECONDS: Type.Integer({
      minimum: 0,
      maximum: 60,
      default: DEFAULT_CLOCK_TOLERANCE_SECONDS,
      description: `Accepted clock difference to ${noun}.`,
    }),
    MAX_TOKEN_BYTES: Type.Integer({
      minimum: 1_024,
      maximum: 28_672,
      default: DEFAULT_MAX_TOKEN_BYTES,
      description: `The longest accepted token of ${noun}, in bytes. The proxies in front must let such headers through.`,
    }),
  };
}
