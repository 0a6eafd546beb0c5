import { encodeClose, type FrameToSend, opcodes, within } from '@admit-one/testkit';
import { expect } from 'vitest';
import type { Admitted } from '../edge-under-test.ts';
import { bytesOfReplies, type End, type FrameCase } from './frame-case.ts';

const stillThere: FrameToSend = { opcode: opcodes.ping, payload: 'still there?' };
const yes: FrameToSend = { opcode: opcodes.pong, payload: 'still there?' };

/** Says that exactly what the case names came back, and that the connection ended so or goes on. */
export async function expectOutcome(
  { raw }: Admitted,
  { replies, end }: Pick<FrameCase, 'replies' | 'end'>,
): Promise<void> {
  if (end.by === 'nobody') {
    raw.send(stillThere);
    while (!raw.frames.some(({ payload }) => payload.equals(Buffer.from('still there?')))) await raw.next();
    expect(framesOf(raw.bytes)).toEqual(bytesOfReplies([...replies, yes]));
    raw.abort();
    return;
  }
  await within(raw.closed, 'the end of the connection');
  expect(framesOf(raw.bytes)).toEqual(bytesOfReplies([...replies, ...closeFrameOf(end)]));
}

/** All that the edge sent behind the head of its 101. */
function framesOf(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
}

type Ended = Exclude<End, { by: 'nobody' }>;

function closeFrameOf(end: Ended): readonly FrameToSend[] {
  switch (end.by) {
    case 'edge':
      return [{ opcode: opcodes.close, payload: encodeClose(end.code, end.text) }];
    case 'client':
      return [{ opcode: opcodes.close, payload: end.payload }];
    case 'network':
      return [];
    default:
      return end satisfies never;
  }
}
