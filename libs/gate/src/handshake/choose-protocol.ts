import { ADMIT_PROTOCOL, withoutSecrets } from './offered-protocols.ts';

/**
 * The subprotocol to answer with: the first offered one that the application speaks, else `admit.v1` where that is
 * offered, else none. Never one that carries a credential.
 */
export function chooseProtocol(offered: Iterable<string>, spoken: readonly string[]): string | undefined {
  const open = withoutSecrets(offered);
  return (
    open.find((protocol) => spoken.includes(protocol)) ?? open.find((protocol) => protocol === ADMIT_PROTOCOL)
  );
}

/** The subprotocol of a rejection by close frame: a browser fails the connection if the server selects none of the protocols that it offered. */
export function protocolOfRejection(offered: Iterable<string>): string | undefined {
  return chooseProtocol(offered, [ADMIT_PROTOCOL]) ?? withoutSecrets(offered)[0];
}
