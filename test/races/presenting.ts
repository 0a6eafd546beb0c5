import { reasonRow } from '@admit-one/core';
import { decodeClose, newWebSocketKey, opcodes, openSocket, type RawSocket } from '@admit-one/testkit';
import { carrying, routeUrl } from '../e2e/visitor.ts';
import type { Stack } from '../stack/stack.ts';

export interface Presentation {
  readonly ticket: string;
  /** Which of the edges it is presented to. */
  readonly edge: number;
  /** `Sec-WebSocket-Key`: who shares it is a pass of the same handshake. */
  readonly key?: string;
}

/**
 * How a presentation ended, for the client. Admitted is who has heard an echo; unavailable is what must not blame the
 * ticket: a 503, a close that means the same, or no word at all in time.
 */
export type Outcome = 'admitted' | 'refused' | 'unavailable';

/** The edges are all of a stack that a presentation needs. */
export type Edges = Pick<Stack, 'edges'>;

/** Asks for an upgrade with a ticket, and does not wait for the answer. */
export function present(
  stack: Edges,
  { ticket, edge, key = newWebSocketKey() }: Presentation,
): Promise<RawSocket> {
  return openSocket(routeUrl(stack as Stack, 'echo', edge), { protocols: carrying(ticket), key });
}

/** Whether an echo has come. */
export function isAdmitted({ frames }: RawSocket): boolean {
  return frames.some(({ opcode }) => opcode === opcodes.text);
}

/** Says a word as soon as that can be said, and sees what comes back. */
export async function outcomeOf(raw: RawSocket): Promise<Outcome> {
  try {
    const { status } = await raw.response();
    if (status !== 101) return status === 503 ? 'unavailable' : 'refused';
    raw.send({ opcode: opcodes.text, payload: 'am I in?' });
    const frame = await raw.next();
    if (frame.opcode === opcodes.text) return 'admitted';
    return decodeClose(frame).code === reasonRow('ticket_service_unavailable').close
      ? 'unavailable'
      : 'refused';
  } catch {
    return 'unavailable';
  }
}

/** Presents a ticket, and lets the connection go when the outcome is known. */
export async function tryOnce(stack: Edges, presentation: Presentation): Promise<Outcome> {
  try {
    const raw = await present(stack, presentation);
    const outcome = await outcomeOf(raw);
    raw.abort();
    await raw.closed;
    return outcome;
  } catch {
    return 'unavailable';
  }
}
