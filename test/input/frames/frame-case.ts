import { encodeFrame, type FrameToSend } from '@admit-one/testkit';

/** What a client sends after its admission to a route that echoes, and what must come of it. */
export interface FrameCase {
  readonly what: string;
  /** Write by write. */
  readonly sends: readonly (FrameToSend | Buffer)[];
  /** How the client breaks off then: by a FIN, or by an RST. */
  readonly breakOff?: 'end' | 'abort';
  /** The frames that come back, exactly, before the close frame if there is one. */
  readonly replies: readonly FrameToSend[];
  readonly end: End;
}

/** How the connection ends: on the wire, and in the trail. */
export type End =
  | { readonly by: 'nobody' }
  /** The edge's close frame says `code` and `text`. The trail says `told`. */
  | {
      readonly by: 'edge';
      readonly code: number;
      readonly text: string;
      readonly told: string;
      readonly reason: string | null;
    }
  /** The edge echoes the close frame of the client. */
  | { readonly by: 'client'; readonly payload: Buffer; readonly code: number; readonly text: string }
  | { readonly by: 'network' };

/** The connection goes on, and these came back. */
export function echoes(
  what: string,
  sends: FrameCase['sends'],
  replies: readonly FrameToSend[] = sends.filter((sent): sent is FrameToSend => !Buffer.isBuffer(sent)),
): FrameCase {
  return { what, sends, replies, end: { by: 'nobody' } };
}

/** The edge fails the connection (RFC 6455, section 7.1.7) with a bare code, and the trail has ws's name of the fault. */
export function fails(
  what: string,
  sends: FrameCase['sends'],
  fault: { readonly code: number; readonly told: string },
  replies: readonly FrameToSend[] = [],
): FrameCase {
  return { what, sends, replies, end: { by: 'edge', text: '', reason: null, ...fault } };
}

/** What ws calls the faults that it fails a connection for. */
export const faults = {
  rsv1: { code: 1002, told: 'WS_ERR_UNEXPECTED_RSV_1' },
  rsv2or3: { code: 1002, told: 'WS_ERR_UNEXPECTED_RSV_2_3' },
  opcode: { code: 1002, told: 'WS_ERR_INVALID_OPCODE' },
  unmasked: { code: 1002, told: 'WS_ERR_EXPECTED_MASK' },
  fragmentedControl: { code: 1002, told: 'WS_ERR_EXPECTED_FIN' },
  controlLength: { code: 1002, told: 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH' },
  closeCode: { code: 1002, told: 'WS_ERR_INVALID_CLOSE_CODE' },
  utf8: { code: 1007, told: 'WS_ERR_INVALID_UTF8' },
  fragments: { code: 1008, told: 'WS_ERR_TOO_MANY_BUFFERED_PARTS' },
} as const;

/** The bytes of what a case sends. */
export function bytesOf(sent: FrameToSend | Buffer): Buffer {
  return Buffer.isBuffer(sent) ? sent : encodeFrame(sent);
}

/** The bytes of what the edge sends: a server never masks. */
export function bytesOfReplies(replies: readonly FrameToSend[]): Buffer {
  return Buffer.concat(replies.map((reply) => encodeFrame({ ...reply, masked: false })));
}
