import { ADMIT_PROTOCOL, isSecretProtocol, withoutSecrets } from './offered-protocols.ts';

/**
 * The subprotocol to answer with: the first offered one that the application speaks, else `admit.v1` where that is
 * offered, else none. Never one that carries a credential.
 */
export function chooseProtocol(offered: Iterable<string>, spoken: readonly string[]): string | undefined {
  let fallback: string | undefined;
  for (const protocol of offered) {
    if (protocol === ADMIT_PROTOCOL) fallback = protocol;
    if (spoken.includes(protocol) && !isSecretProtocol(protocol)) return protocol;
  }
  return fallback;
}

/** The subprotocol of a rejection by close frame: a browser fails the connection if the server selects none of the protocols that it offered. */
export function protocolOfRejection(offered: Iterable<string>): string | undefined {
  return chooseProtocol(offered, [ADMIT_PROTOCOL]) ?? withoutSecrets(offered)[0];
}
