import { ADMIT_PROTOCOL, isSecretProtocol } from '@admit-one/gate';

/**
 * The subprotocol that an answer names: ours, else the first offered one that the route speaks, else none. Never one
 * that carries a credential.
 */
export function chooseProtocol(offered: Iterable<string>, spoken: readonly string[]): string | undefined {
  const open = [...offered].filter((protocol) => !isSecretProtocol(protocol));
  return open.includes(ADMIT_PROTOCOL) ? ADMIT_PROTOCOL : open.find((protocol) => spoken.includes(protocol));
}

/** The subprotocol of an answer that only refuses: any that lets a browser read the close frame. */
export function protocolOfRefusal(offered: readonly string[]): string | undefined {
  return chooseProtocol(offered, offered);
}
