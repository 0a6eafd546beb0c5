import type { Principal } from '@admit-one/core';

/** Who a connection, or a request that a proxy let pass, is for. */
export interface AdmittedIdentity {
  readonly principal: Principal;
  readonly ticketId: string;
  readonly connection: string;
  /** The instance that admitted it. */
  readonly edge: string;
}

/** The one table: the header of each field, without its prefix, and its value. */
const fields: Readonly<Record<string, (identity: AdmittedIdentity) => string>> = {
  User: ({ principal }) => encodeHeaderValue(principal.user ?? ''),
  Session: ({ principal }) => encodeHeaderValue(principal.session),
  Issuer: ({ principal }) => encodeHeaderValue(principal.issuer),
  Attributes: ({ principal }) => Buffer.from(JSON.stringify(principal.attributes)).toString('base64url'),
  'Ticket-Id': ({ ticketId }) => ticketId,
  Connection: ({ connection }) => encodeHeaderValue(connection),
  Edge: ({ edge }) => encodeHeaderValue(edge),
};

function namesOf(prefix: string) {
  return Object.entries(fields).map(([name, encode]) => [`${prefix}${name}`, encode] as const);
}

const names = { 'X-Admit-': namesOf('X-Admit-'), 'Admit-': namesOf('Admit-') };

/**
 * The identity as headers. Texts are percent-encoded, so that `decodeURIComponent` returns them; attributes are base64url
 * of JSON. Every header is always present, empty where there is no value: a proxy or a service that copies them leaves
 * none that a client forged.
 * @param prefix `X-Admit-` for HTTP, `Admit-` for NATS
 */
export function identityHeaders(
  prefix: 'X-Admit-' | 'Admit-',
  identity: AdmittedIdentity,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, encode] of names[prefix]) headers[name] = encode(identity);
  return headers;
}

const UNSAFE = /[^\x21-\x24\x26-\x7e]/gu;

/** Percent-encodes, as UTF-8, everything but printable ASCII without `%`: any text as the value of a header. */
export function encodeHeaderValue(text: string): string {
  return text.replace(UNSAFE, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
