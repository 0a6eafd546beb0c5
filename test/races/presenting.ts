import { reasonRow } from '@admit-one/core';
import {
  decodeClose,
  encodeFrame,
  newWebSocketKey,
  opcodes,
  openSocket,
  type RawSocket,
} from '@admit-one/testkit';
import type { Stack } from '../stack/stack.ts';
import { carrying, routeUrl } from '../stack/visitor.ts';

export interface TicketUse {
  readonly ticket: string;
  /** Which of the edges it is presented to. */
  readonly edge: number;
  /** `Sec-WebSocket-Key`: who shares it is a pass of the same handshake. */
  readonly key?: string;
}

/**
 * How a use ended, for the client. Admitted is who has heard an echo; unavailable is what must not blame the
 * ticket: a 503, a close that means the same, or no word at all in time.
 */
export type UseOutcome = 'admitted' | 'rejected' | 'unavailable';

/** The edges are all of a stack that a use needs. */
export type Edges = Pick<Stack, 'edges'>;

/** Said behind the request, so that it is echoed in the moment of the admission. */
const word = encodeFrame({ opcode: opcodes.text, payload: 'am I in?' });

/** Asks for an upgrade with a ticket and says a word at once, without waiting for an answer. */
export function present(
  stack: Edges,
  { ticket, edge, key = newWebSocketKey() }: TicketUse,
): Promise<RawSocket> {
  return openSocket(routeUrl(stack, 'echo', edge), { protocols: carrying(ticket), key, pipelined: word });
}

/** Whether an echo has come. */
export function isAdmitted({ frames }: RawSocket): boolean {
  return frames.some(({ opcode }) => opcode === opcodes.text);
}

/** What comes back. */
export async function outcomeOf(raw: RawSocket): Promise<UseOutcome> {
  try {
    const { status } = await raw.response();
    if (status !== 101) return status === 503 ? 'unavailable' : 'rejected';
    const frame = await raw.next();
    if (frame.opcode === opcodes.text) return 'admitted';
    return decodeClose(frame).code === reasonRow('ticket_service_unavailable').close
      ? 'unavailable'
      : 'rejected';
  } catch {
    return 'unavailable';
  }
}

/** Presents a ticket, and lets the connection go when the outcome is known. */
export async function tryOnce(stack: Edges, use: TicketUse): Promise<UseOutcome> {
  try {
    const raw = await present(stack, use);
    const outcome = await outcomeOf(raw);
    raw.abort();
    await raw.closed;
    return outcome;
  } catch {
    return 'unavailable';
  }
}
