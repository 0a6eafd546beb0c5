import { headerNameOf, headerValueOf } from '@admit-one/runtime';
import type { Connection } from '../connection/connection.ts';

/** What a message on `admit.ws.in.<route>` tells of. */
export type BridgeEvent = 'opened' | 'message' | 'closed';

/** The header that says how a message's body is sent, in both directions: `text` or `binary`. */
export const MESSAGE_TYPE_HEADER = 'Admit-Message-Type';

/** Who speaks, as headers; `decodeURIComponent` gives every value back. */
export function headersOf(
  { id, principal }: Pick<Connection, 'id' | 'principal'>,
  edge: string,
): Readonly<Record<string, string>> {
  const { issuer, session, user, attributes } = principal;
  const headers: Record<string, string> = {
    'Admit-Issuer': headerValueOf(issuer),
    'Admit-Session': headerValueOf(session),
    'Admit-Connection': id,
    'Admit-Edge': edge,
  };
  if (user !== null) headers['Admit-User'] = headerValueOf(user);
  for (const [name, value] of Object.entries(attributes))
    headers[`Admit-Attribute-${headerNameOf(name)}`] = headerValueOf(value);
  return headers;
}
