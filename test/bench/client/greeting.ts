import { encodeFrame, type Frame, opcodes } from '@admit-one/testkit';

/** What is said after the 101 until somebody is in. */
export interface Greeting {
  /** Takes a message of the server's. Gives what to send, if anything, and whether that was all. */
  take(frame: Frame): { readonly reply?: Buffer; readonly isOver: boolean };
}

/** `JOIN_ROOM` of Colyseus' protocol, which the client confirms by the same byte. */
const JOIN_ROOM = 10;

/** Colyseus: the server says that the seat is taken. */
export const seatGreeting: Greeting = {
  take({ opcode, payload }) {
    if (opcode !== opcodes.binary || payload[0] !== JOIN_ROOM) throw new Error(`not joined: ${payload}`);
    return { reply: encodeFrame({ opcode: opcodes.binary, payload: Buffer.of(JOIN_ROOM) }), isOver: true };
  },
};

/** Socket.IO: Engine.IO opens (`0`), the client shows its token (`40`), and is connected (`40`) or not (`44`). */
export function packetGreeting(token: string | null): Greeting {
  return {
    take({ payload }) {
      const packet = payload.toString();
      if (packet.startsWith('40')) return { isOver: true };
      if (!packet.startsWith('0')) throw new Error(packet);
      const reply = encodeFrame({ opcode: opcodes.text, payload: `40${JSON.stringify({ token })}` });
      return { reply, isOver: false };
    },
  };
}
