import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { AdmitSocket } from '@admit-one/client';
import { printable, type Terminal } from '../terminal.ts';

/** Prints messages as lines: as they are into a pipe, harmless on a terminal; binary ones in base64. */
export function messagePrinter(stdout: Terminal['stdout']): (message: Buffer, isBinary: boolean) => void {
  const show = stdout.isTTY ? printable : (text: string) => text;
  return (message, isBinary) => {
    const text = isBinary
      ? `[binary, ${message.length} bytes] ${message.toString('base64')}`
      : message.toString();
    stdout.write(`${show(text)}\n`);
  };
}

export interface ConversationOptions {
  readonly socket: AdmitSocket;
  readonly stdin: Terminal['stdin'];
  /** How long to wait for replies after the end of the input. */
  readonly lingerMs: number;
  /** Nobody waits for the rest of it any longer. */
  readonly over: AbortSignal;
}

/** What may wait for the network before no more of the input is read. */
const MAX_BUFFERED_BYTES = 64 * 1024;
const DRAIN_POLL_MS = 5;

/** Sends line after line, each when there is a connection, until the input ends; then waits for replies. */
export async function converse({ socket, stdin, lingerMs, over }: ConversationOptions): Promise<void> {
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY, signal: over });
  for await (const line of lines) {
    await untilOpen(socket, over);
    if (over.aborted) return;
    socket.send(line);
    while (socket.bufferedAmount > MAX_BUFFERED_BYTES && !over.aborted) await pause(DRAIN_POLL_MS);
  }
  await pause(lingerMs, undefined, { signal: over }).catch(() => {});
}

/** Resolves when there is a connection, or none is wanted any longer. */
export function untilOpen(socket: AdmitSocket, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over.aborted || socket.state === 'open') return resolve();
    const done = () => {
      socket.removeEventListener('open', done);
      over.removeEventListener('abort', done);
      resolve();
    };
    socket.addEventListener('open', done);
    over.addEventListener('abort', done);
  });
}
