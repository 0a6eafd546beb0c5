import type { Diagnostic } from '@admit-one/core';
import { isWildcard, type OriginSettings, readFrontendOrigins } from '@admit-one/runtime';

const THIS_MACHINE = /^http:\/\/(?:(?:[^/]*\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;
const MAX_LISTED = 20;

/**
 * Which pages may connect, and what whoever runs the service should know of it. Faults of the lists are not told here.
 * @param options.loopback whether pages of this machine may, whatever is listed
 */
export function adviceOnOrigins(
  settings: OriginSettings,
  { loopback = false }: { readonly loopback?: boolean } = {},
): readonly Diagnostic[] {
  const { origins, faults } = readFrontendOrigins(settings);
  const { FRONTEND_ORIGINS_FILE: file } = settings;
  const where = file === undefined ? 'FRONTEND_ORIGINS' : `FRONTEND_ORIGINS with ${file}`;
  if (origins.length > 0)
    return [
      listed(where, origins),
      ...origins.filter(isPlain).map(plain),
      ...origins.filter(isWildcard).map(wild),
    ];
  if (faults.length > 0) return [];
  if (loopback)
    return [
      { level: 'ok', message: `${where} is empty: only pages of this machine get a ticket or a connection` },
    ];
  return [
    {
      level: 'warning',
      message: `${where} is empty: no page in a browser gets a ticket or a connection`,
      remedy: 'List the origins of your pages, such as https://app.example.com.',
    },
  ];
}

function listed(where: string, origins: readonly string[]): Diagnostic {
  const shown = origins.slice(0, MAX_LISTED).join(', ');
  const more = origins.length > MAX_LISTED ? ` and ${origins.length - MAX_LISTED} more` : '';
  return { level: 'ok', message: `${where} lets in the pages of ${shown}${more}` };
}

function isPlain(origin: string): boolean {
  return origin.startsWith('http:') && !THIS_MACHINE.test(origin);
}

function plain(origin: string): Diagnostic {
  return {
    level: 'warning',
    message: `${origin} is not encrypted: whoever is on the way can change its pages, and act for its visitors`,
    remedy: `Serve it over TLS and list ${origin.replace('http:', 'https:')}; its pages then need https and wss here too.`,
  };
}

function wild(origin: string): Diagnostic {
  const parent = origin.split('*.')[1];
  return {
    level: 'ok',
    message: `${origin} lets in every page under ${parent}: so nobody else may publish there, as on shared hosting`,
  };
}
