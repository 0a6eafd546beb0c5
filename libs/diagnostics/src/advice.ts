import { enginesOf, isWildcard, type OriginSettings, readFrontendOrigins } from '@admit-one/config';
import type { Diagnostic } from '@admit-one/core';
import { type ServiceName, STANDALONE, type ValidVariables } from './services.ts';

/** What the operator of these services should know about settings that are valid. */
export function adviceOn(variables: ValidVariables, services: readonly ServiceName[]): readonly Diagnostic[] {
  const standalone = services.includes(STANDALONE);
  const servesBrowsers = standalone || services.includes('ticket-service') || services.includes('ws-edge');
  return [
    ...(standalone ? [enginesOfStandalone(variables)] : []),
    ...(servesBrowsers ? adviceOnOrigins(variables, { loopback: standalone }) : []),
    ...adviceOnClients(variables),
    ...adviceOnOperators(variables),
  ];
}

function enginesOfStandalone(variables: ValidVariables): Diagnostic {
  const { bus, tickets, auditLog } = enginesOf(variables);
  return ok(`standalone uses ${bus} for the bus, ${tickets} for tickets, ${auditLog} for the audit log`);
}

function adviceOnClients(variables: ValidVariables): readonly Diagnostic[] {
  const { ANONYMOUS_SESSIONS, TRUSTED_PROXIES, VERIFY_PORT } = variables;
  const diagnostics: Diagnostic[] = [];
  if (ANONYMOUS_SESSIONS)
    diagnostics.push(ok('ANONYMOUS_SESSIONS is on: anyone gets a session, and tickets, without a login'));
  if (TRUSTED_PROXIES?.length === 0)
    diagnostics.push(
      ok(
        'TRUSTED_PROXIES is empty: correct without a proxy in front; check a running process with --metrics',
      ),
    );
  if (VERIFY_PORT !== undefined)
    diagnostics.push(
      ok(
        `VERIFY_PORT is set: anyone who reaches port ${VERIFY_PORT} can consume tickets and read their principals. Allow only your proxies.`,
      ),
    );
  if (VERIFY_PORT !== undefined && TRUSTED_PROXIES?.length === 0)
    diagnostics.push({
      level: 'warning',
      message:
        "VERIFY_PORT is set and TRUSTED_PROXIES is empty: the audit log shows the proxy's address for every client",
      remedy: 'Add the addresses of the proxies that use VERIFY_PORT to TRUSTED_PROXIES.',
    });
  return diagnostics;
}

/** Ways to read the audit log without a login. */
function adviceOnOperators(variables: ValidVariables): readonly Diagnostic[] {
  const { OPERATOR_PROXY_ADDRESSES = [], BREAK_GLASS_JWKS } = variables;
  const diagnostics: Diagnostic[] = [];
  if (OPERATOR_PROXY_ADDRESSES.length > 0)
    diagnostics.push(
      ok(
        'OPERATOR_PROXY_ADDRESSES is set: anyone who connects from there can read the audit log as any user',
      ),
    );
  if (BREAK_GLASS_JWKS !== undefined)
    diagnostics.push(ok('BREAK_GLASS_JWKS is set: anyone who has the private key can read the audit log'));
  return diagnostics;
}

const THIS_MACHINE = /^http:\/\/(?:(?:[^/]*\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;
const MAX_LISTED = 20;

/**
 * Which pages may connect. Issues of the list itself are not repeated here.
 * @param options.loopback whether pages of this machine are always allowed
 */
export function adviceOnOrigins(
  settings: OriginSettings,
  { loopback = false }: { readonly loopback?: boolean } = {},
): readonly Diagnostic[] {
  const { origins, issues } = readFrontendOrigins(settings);
  const { FRONTEND_ORIGINS_FILE: file } = settings;
  const where = file === undefined ? 'FRONTEND_ORIGINS' : `FRONTEND_ORIGINS with ${file}`;
  if (origins.length > 0)
    return [
      listed(where, origins),
      ...origins.filter(isPlain).map(unencrypted),
      ...origins.filter(isWildcard).map(wildcard),
    ];
  if (issues.length > 0) return [];
  if (loopback) return [ok(`${where} is empty: only pages of this machine get tickets and connections`)];
  return [
    {
      level: 'warning',
      message: `${where} is empty: no page in a browser gets a ticket or a connection`,
      remedy: 'Add the origins of your pages, such as https://app.example.com.',
    },
  ];
}

function listed(where: string, origins: readonly string[]): Diagnostic {
  const shown = origins.slice(0, MAX_LISTED).join(', ');
  const more = origins.length > MAX_LISTED ? ` and ${origins.length - MAX_LISTED} more` : '';
  return ok(`${where} allows the pages of ${shown}${more}`);
}

function isPlain(origin: string): boolean {
  return origin.startsWith('http:') && !THIS_MACHINE.test(origin);
}

function unencrypted(origin: string): Diagnostic {
  return {
    level: 'warning',
    message: `${origin} is not encrypted: anyone on the network path can change its pages and act as their users`,
    remedy: `Serve it over TLS and list ${origin.replace('http:', 'https:')}; its pages must then use https and wss here too.`,
  };
}

function wildcard(origin: string): Diagnostic {
  const parent = origin.split('*.')[1];
  return ok(
    `${origin} allows every page under ${parent}: make sure that nobody else can publish there, as on shared hosting`,
  );
}

function ok(message: string): Diagnostic {
  return { level: 'ok', message };
}
