import { type Static, type TObject, Type } from 'typebox';
import { proxyFault } from '../http/client-address.ts';
import { originFault } from '../origins.ts';
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
      'Origins that may ask for tickets (CORS) and open connections: exact, or with one leading wildcard label.',
    examples: ['https://app.example.com,https://*.preview.example.com'],
  }),
};

/** What is wrong with the origins and the proxies, for the check of `readVariables`. */
export function hostFaults(variables: Partial<HostVariables>): readonly string[] {
  const { FRONTEND_ORIGINS = [], TRUSTED_PROXIES = [] } = variables;
  return [
    ...linesOf('FRONTEND_ORIGINS', FRONTEND_ORIGINS.map(originFault)),
    ...linesOf('TRUSTED_PROXIES', TRUSTED_PROXIES.map(proxyFault)),
  ];
}

function linesOf(variable: string, faults: readonly (string | undefined)[]): readonly string[] {
  return faults.filter((fault) => fault !== undefined).map((fault) => `${variable}: ${fault}`);
}

type OriginVariables = Static<TObject<typeof originVariables>>;

/** What a process is told about how to listen, log and stop. */
export type HostVariables = Static<TObject<typeof processVariables>> &
  OriginVariables & { readonly PORT: number };
