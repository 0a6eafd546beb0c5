import { ADMIT_PROTOCOL, isSecretProtocol } from './offered-protocols.ts';

/**
 * The subprotocol that an answer names: the first offered one that the application speaks, else `admit.v1` where that is
 * offered, else none. Never one that carries a credential.
 */
export function chooseProtocol(offered: Iterable<string>, spoken: readonly string[]): string | undefined {
  const open = withoutSecrets(offered);
  return (
    open.find((protocol) => spoken.includes(protocol)) ?? open.find((protocol) => protocol === ADMIT_PROTOCOL)
  );
}

/** The subprotocol of an answer that only refuses: any that lets a browser read the close frame. */
export function protocolOfRefusal(offered: Iterable<string>): string | undefined {
  return chooseProtocol(offered, [ADMIT_PROTOCOL]) ?? withoutSecrets(offered)[0];
}

/** The subprotocols that anything behind the gate, or upstream, may see. */
export function withoutSecrets(offered: Iterable<string>): string[] {
  return [...offered].filter((protocol) => !isSecretProtocol(protocol));
}
