import type { Connection } from '../connection/connection.ts';

/** What a message on `admit.ws.in.<route>` tells of. */
export type BridgeEvent = 'opened' | 'message' | 'closed';

/** The header that says how a message's body is sent, in both directions: `text` or `binary`. */
export const MESSAGE_TYPE_HEADER = 'Admit-Message-Type';

const UNSAFE_IN_VALUE = /[^\x21-\x24\x26-\x7e]/gu;
const UNSAFE_IN_NAME = /[^A-Za-z0-9_.-]/gu;

/**
 * Who speaks, as headers. What is not printable ASCII, spaces and `%` are percent-encoded as UTF-8, so that
 * `decodeURIComponent` gives every value back.
 */
export function headersOf(
  { id, principal }: Pick<Connection, 'id' | 'principal'>,
  edge: string,
): Readonly<Record<string, string>> {
  const { issuer, session, user, attributes } = principal;
  const headers: Record<string, string> = {
    'Admit-Issuer': encoded(issuer),
    'Admit-Session': encoded(session),
    'Admit-Connection': id,
    'Admit-Edge': edge,
  };
  if (user !== null) headers['Admit-User'] = encoded(user);
  for (const [name, value] of Object.entries(attributes))
    headers[`Admit-Attribute-${percentEncoded(name, UNSAFE_IN_NAME)}`] = encoded(value);
  return headers;
}

function encoded(value: string): string {
  return percentEncoded(value, UNSAFE_IN_VALUE);
}

function percentEncoded(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
