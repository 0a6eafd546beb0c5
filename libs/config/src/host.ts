import proxyAddr from '@fastify/proxy-addr';
import { type Static, type TObject, Type } from 'typebox';
import { readFrontendOrigins } from './origin-list.ts';
import { listVariable } from './read-variables.ts';
import { tracingIssues, tracingVariables } from './tracing.ts';

/** Variables of every process. */
export const processVariables = {
  HOST: Type.String({ default: '0.0.0.0', description: 'Address to listen on.' }),
  METRICS_HOST: Type.String({
    default: '127.0.0.1',
    description:
      'Address that the metrics listen on. Where a scrape comes from another machine or outside of the pod, set an internal address, or 0.0.0.0 behind a firewall: they have no authentication.',
  }),
  METRICS_PORT: Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: 9464,
    description: 'Port of the Prometheus metrics, at `/metrics`. 0 selects a free port.',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Minimum severity of the log lines.',
  }),
  SHUTDOWN_SECONDS: Type.Number({
    minimum: 0,
    maximum: 3600,
    default: 25,
    description: 'Maximum duration of a graceful shutdown after SIGTERM. The process then exits with code 1.',
  }),
  TRUSTED_PROXIES: listVariable({
    default: '',
    description:
      'Addresses and networks (CIDR) of proxies whose `X-Forwarded-For` and `traceparent` are trusted.',
    examples: ['10.0.0.0/8,127.0.0.1'],
  }),
  STRICT_TRANSPORT_SECURITY: Type.Optional(
    Type.String({
      pattern: '^max-age=\\d{1,10}(?:; ?includeSubDomains)?(?:; ?preload)?$',
      description:
        'Value of the header `Strict-Transport-Security`. Unset: none, as the TLS terminator usually sets it.',
      examples: ['max-age=31536000; includeSubDomains'],
    }),
  ),
  ...tracingVariables,
};

/** The variable `PORT`, whose default differs by service. */
export function portVariable(defaultPort: number) {
  return Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: defaultPort,
    description: 'Port to listen on. 0 selects a free port.',
  });
}

/** The allowed origins of browsers. */
export const originVariables = {
  FRONTEND_ORIGINS: listVariable({
    default: '',
    description:
      'Origins whose pages may request tickets (CORS) and open connections: exact, or with `*` in place of the first labels.',
    examples: ['https://app.example.com,https://*.preview.example.com'],
  }),
  FRONTEND_ORIGINS_FILE: Type.Optional(
    Type.String({
      description:
        'File with more origins, one per line. Reloaded on change and on SIGHUP; open connections are kept.',
    }),
  ),
};

type OriginVariables = Static<TObject<typeof originVariables>>;

/** How a process listens, logs and stops, and which origins it allows. */
export type HostVariables = Static<TObject<typeof processVariables>> &
  OriginVariables & { readonly PORT: number };

/** The issues of `originVariables`, `tracingVariables` and `TRUSTED_PROXIES`. Reads the file of origins. */
export function hostIssues(variables: Partial<HostVariables>): readonly string[] {
  const { TRUSTED_PROXIES = [] } = variables;
  return [
    ...readFrontendOrigins(variables).issues,
    ...addressIssues('TRUSTED_PROXIES', TRUSTED_PROXIES),
    ...tracingIssues(variables),
  ];
}

/** The issues of a variable that lists addresses and networks (CIDR). */
export function addressIssues(variable: string, entries: readonly string[]): readonly string[] {
  return entries
    .filter((entry) => !isNetwork(entry))
    .map(
      (entry) =>
        `${variable}: ${JSON.stringify(entry)} is neither an address nor a network such as 10.0.0.0/8`,
    );
}

function isNetwork(entry: string): boolean {
  try {
    proxyAddr.compile([entry]);
    return true;
  } catch {
    return false;
  }
}
