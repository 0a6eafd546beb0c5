import type { Credential } from './authenticate.ts';
import type { ConnectionLoop } from './connection-loop.ts';

/** The protocol that stands for tickets themselves, where the server chose none of the application's. */
export const ADMIT_PROTOCOL = 'admit.v1';

/** Where an upgrade goes, and the protocols that it offers. */
export function upgradeRequest(
  { protocols = [], carrier, socketUrl }: Pick<ConnectionLoop, 'protocols' | 'carrier' | 'socketUrl'>,
  { type, value }: Credential,
): [url: string, protocols: string[]] {
  const url = new URL(socketUrl);
  const offered = [protocols].flat() as string[];
  if (carrier === 'query' && type === 'ticket') url.searchParams.set(type, value);
  else offered.push(ADMIT_PROTOCOL, `${type}.${value}`);
  return [url.href, offered];
}
