import { type Static, type TObject, Type } from 'typebox';
import { proxyIssue } from '../http/client-address.ts';
import { readFrontendOrigins } from '../origins/frontend-origins.ts';
import { listVariable } from './read-variables.ts';

/** Variables that every process has. */
export const processVariables = {
  HOST: Type.String({ default: '0.0.0.0', description: 'Address to listen on.' }),
  METRICS_PORT: Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: 9464,
    description: 'Port of the Prometheus metrics, at `/metrics`; 0 takes any free one.',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'The least severe log lines to write.',
  }),
  SHUTDOWN_SECONDS: Type.Number({
    minimum: 0,
    maximum: 3600,
    default: 25,
    description: 'How long a drain may take after SIGTERM before the process ends anyway.',
  }),
  TRUSTED_PROXIES: listVariable({
    default: '',
    description: 'Addresses and networks (CIDR) whose `X-Forwarded-For` is believed; none by default.',
    examples: ['10.0.0.0/8,127.0.0.1'],
  }),
};

/** The variable `PORT`, whose default differs by service. */
export function portVariable(defaultPort: number) {
  return Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: defaultPort,
    description: 'Port to listen on; 0 takes any free one.',
  });
}

/** The origins that a browser may come from. */
export const originVariables = {
  FRONTEND_ORIGINS: listVariable({
    default: '',
    description:
      'Origins whose pages may ask for tickets (CORS) and open connections: exact, or with `*` for the first labels.',
    examples: ['https://app.example.com,https://*.preview.example.com'],
  }),
  FRONTEND_ORIGINS_FILE: Type.Optional(
    Type.String({
      description:
        'File with more of them, one per line; it is read again on SIGHUP and when it changes, and no connection ends of that.',
    }),
  ),
};

/** What is wrong with the origins and the proxies, for the check of `readVariables`. */
export function hostIssues(variables: Partial<HostVariables>): readonly string[] {
  const { TRUSTED_PROXIES = [] } = variables;
  const proxyFaults = TRUSTED_PROXIES.map(proxyIssue).filter((fault) => fault !== undefined);
  return [
    ...readFrontendOrigins(variables).faults,
    ...proxyFaults.map((fault) => `TRUSTED_PROXIES: ${fault}`),
  ];
}

type OriginVariables = Static<TObject<typeof originVariables>>;

/** What a process is told about how to listen, log and stop. */
export type HostVariables = Static<TObject<typeof processVariables>> &
  OriginVariables & { readonly PORT: number };
