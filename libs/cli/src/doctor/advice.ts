import type { Diagnostic } from '@admit-one/core';
import { enginesOf } from '@admit-one/standalone';
import { adviceOnOrigins } from './origin-advice.ts';
import { type ServiceName, STANDALONE } from './service-names.ts';
import type { SoundVariables } from './settings.ts';

/** What a service starts with, and whoever runs it should know. */
export function adviceOn(variables: SoundVariables, services: readonly ServiceName[]): readonly Diagnostic[] {
  const { ANONYMOUS_SESSIONS, TRUSTED_PROXIES, VERIFY_PORT } = variables;
  const standalone = services.includes(STANDALONE);
  const servesBrowsers = standalone || services.includes('ticket-service') || services.includes('ws-edge');
  const diagnostics: Diagnostic[] = standalone ? [enginesOfStandalone(variables)] : [];
  if (servesBrowsers) diagnostics.push(...adviceOnOrigins(variables, { loopback: standalone }));
  if (ANONYMOUS_SESSIONS)
    diagnostics.push({
      level: 'ok',
      message: 'ANONYMOUS_SESSIONS is on: anyone may have a session, and tickets, without a login',
    });
  if (TRUSTED_PROXIES?.length === 0)
    diagnostics.push({
      level: 'ok',
      message:
        'TRUSTED_PROXIES is empty: right where no proxy is in front; with --metrics, a running process tells',
    });
  if (VERIFY_PORT !== undefined)
    diagnostics.push({
      level: 'ok',
      message: `VERIFY_PORT is set: whatever reaches port ${VERIFY_PORT} can use tickets up and learn whose they are, so let proxies alone reach it`,
    });
  if (VERIFY_PORT !== undefined && TRUSTED_PROXIES?.length === 0)
    diagnostics.push({
      level: 'warning',
      message:
        'VERIFY_PORT is set and TRUSTED_PROXIES is empty: in the trail, every client has the address of its proxy',
      remedy: 'List the addresses of the proxies that ask there in TRUSTED_PROXIES.',
    });
  return [...diagnostics, ...operatorAdvice(variables)];
}

/** Only those that have a URL are looked at. */
function enginesOfStandalone(variables: SoundVariables): Diagnostic {
  const { bus, tickets, trail } = enginesOf(variables);
  return {
    level: 'ok',
    message: `standalone has its bus in ${bus}, its tickets in ${tickets}, its trail in ${trail}`,
  };
}

/** Ways to the trail that are no login. */
function operatorAdvice({
  OPERATOR_PROXY_ADDRESSES = [],
  BREAK_GLASS_JWKS,
}: SoundVariables): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (OPERATOR_PROXY_ADDRESSES.length > 0)
    diagnostics.push({
      level: 'ok',
      message:
        'OPERATOR_PROXY_ADDRESSES is set: whatever connects from there can read the audit trail in the name of anybody',
    });
  if (BREAK_GLASS_JWKS !== undefined)
    diagnostics.push({
      level: 'ok',
      message: 'BREAK_GLASS_JWKS is set: whoever has the private key can read the audit trail',
    });
  return diagnostics;
}
