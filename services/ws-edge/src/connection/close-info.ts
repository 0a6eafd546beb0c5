import type { Reason } from '@admit-one/core';
import { closeOf } from '@admit-one/gate';
import { visibleText } from '@admit-one/text';

/** How a connection ended: the first cause counts. The code is RFC 6455's. */
export interface CloseInfo {
  readonly code: number;
  /** The text of the close frame, or the cause of the abnormal closure. */
  readonly text: string;
  readonly initiator: 'edge' | 'client' | 'network' | 'backend';
  /** The row of the reasons table, where the edge closed for a reason. */
  readonly reason: Reason | null;
}

/** No close frame was received. */
export const ABNORMAL_CLOSURE = 1006;

/** ws's names of a message above `maxPayload`, which it closes with 1009. */
const TOO_BIG: ReadonlySet<string> = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
]);

/** The close codes of ws for its other errors, except protocol errors. */
const CODES_OF_ERRORS: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
};
const PROTOCOL_ERROR = 1002;

/** The edge closed the connection. */
export function closedBecause(reason: Reason): CloseInfo {
  return { ...closeOf(reason), initiator: 'edge', reason };
}

/** A backend or an upstream closed the connection, with its own words. */
export function closedByBackend(code: number, text: string): CloseInfo {
  return { code, text: visibleText(text), initiator: 'backend', reason: null };
}

/** The edge terminated the connection: the client did not answer a ping. */
export const UNRESPONSIVE: CloseInfo = {
  code: ABNORMAL_CLOSURE,
  text: 'no pong',
  initiator: 'edge',
  reason: null,
};

/** An error of the WebSocket: a frame that the edge rejected, or the network's. */
export function closedByError(error: Error & { readonly code?: string }): CloseInfo {
  const { code = '' } = error;
  if (!code.startsWith('WS_ERR_'))
    return { code: ABNORMAL_CLOSURE, text: code, initiator: 'network', reason: null };
  if (TOO_BIG.has(code)) return closedBecause('message_too_big');
  return { code: CODES_OF_ERRORS[code] ?? PROTOCOL_ERROR, text: code, initiator: 'edge', reason: null };
}

/** The WebSocket closed, and the edge was not the cause. */
export function closedByPeer(code: number, text: string): CloseInfo {
  const initiator = code === ABNORMAL_CLOSURE ? 'network' : 'client';
  return { code, text: visibleText(text), initiator, reason: null };
}
