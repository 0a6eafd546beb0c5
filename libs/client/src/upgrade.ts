import type { Credential } from './authenticate.ts';
import type { Sequence } from './sequence.ts';

/** The protocol that stands for tickets themselves, where the application offers none of its own. */
const ADMIT_PROTOCOL = 'admit.v1';

/** Where an upgrade goes, and the protocols that it offers. */
export function upgradeOf(
  { protocols = [], carrier, socketUrl }: Pick<Sequence, 'protocols' | 'carrier' | 'socketUrl'>,
  { type, value }: Credential,
): [url: string, protocols: string[]] {
  const url = new URL(socketUrl);
  const offered = [protocols].flat() as string[];
  if (carrier === 'query' && type === 'ticket') url.searchParams.set(type, value);
  else offered.push(ADMIT_PROTOCOL, `${type}.${value}`);
  return [url.href, offered];
}

/** The protocol of a connection as an application knows it. */
export function applicationProtocol(protocol = ''): string {
  return protocol === ADMIT_PROTOCOL ? '' : protocol;
}
