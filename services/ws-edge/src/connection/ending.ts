import type { Reason } from '@admit-one/core';
import { closeOf } from '../upgrade/refusal-bytes.ts';

/** How a connection ended: the first cause, in RFC 6455's close codes. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly initiator: 'edge' | 'client' | 'network';
  /** The row of the reasons table, where the edge had one. */
  readonly cause: Reason | null;
}

/** No close frame was received. */
export const ABNORMAL_CLOSURE = 1006;

/** ws's names of a message above `maxPayload`, which it closes with 1009. */
const TOO_BIG: ReadonlySet<string> = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
]);

/** What ws closes with on its other errors, where it is not a protocol error. */
const CODES_OF_FAULTS: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
};
const PROTOCOL_ERROR = 1002;

/** The edge closed the connection. */
export function endedBecause(reason: Reason): Ending {
  const { code, text } = closeOf(reason);
  return { code, reason: text, initiator: 'edge', cause: reason };
}

/** The edge cut the connection: the client answered no ping. */
export const UNRESPONSIVE: Ending = {
  code: ABNORMAL_CLOSURE,
  reason: 'no pong',
  initiator: 'edge',
  cause: null,
};

/** An error of the WebSocket: a frame that the edge refused, or the network's. */
export function endedByError(error: Error & { readonly code?: string }): Ending {
  const { code = '' } = error;
  if (!code.startsWith('WS_ERR_'))
    return { code: ABNORMAL_CLOSURE, reason: code, initiator: 'network', cause: null };
  if (TOO_BIG.has(code)) return endedBecause('message_too_big');
  return { code: CODES_OF_FAULTS[code] ?? PROTOCOL_ERROR, reason: code, initiator: 'edge', cause: null };
}

/** The WebSocket closed, and nothing on our side had made it. */
export function endedByPeer(code: number, reason: string): Ending {
  return { code, reason, initiator: code === ABNORMAL_CLOSURE ? 'network' : 'client', cause: null };
}
