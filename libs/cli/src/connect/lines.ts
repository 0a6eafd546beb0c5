import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdmitSocket } from '@admit-one/client';
import { printable, type Terminal } from '../terminal.ts';

/** Prints messages as lines: escaped on a terminal, unchanged into a pipe; binary messages in base64. */
export function messagePrinter(stdout: Terminal['stdout']): (message: Buffer, isBinary: boolean) => void {
  const show = stdout.isTTY ? printable : (text: string) => text;
  return (message, isBinary) => {
    const text = isBinary
      ? `[binary, ${message.length} bytes] ${message.toString('base64')}`
      : message.toString();
    stdout.write(`${show(text)}\n`);
  };
}

export interface SendLinesOptions {
  readonly socket: AdmitSocket;
  readonly stdin: Terminal['stdin'];
  /** How long to wait for replies after the end of the input. */
  readonly lingerMs: number;
  /** Aborted when nothing more can be sent. */
  readonly over: AbortSignal;
}

/** Above this, no more input is read. */
const MAX_BUFFERED_BYTES = 64 * 1024;
const DRAIN_POLL_MS = 5;

/** Sends each line of the input while connected, then waits for replies. */
export async function sendLines({ socket, stdin, lingerMs, over }: SendLinesOptions): Promise<void> {
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY, signal: over });
  for await (const line of lines) {
    await untilOpen(socket, over);
    if (over.aborted) return;
    socket.send(line);
    while (socket.bufferedAmount > MAX_BUFFERED_BYTES && !over.aborted) await sleep(DRAIN_POLL_MS);
  }
  await sleep(lingerMs, undefined, { signal: over }).catch(() => {});
}

/** Resolves when connected, or when `over` aborts. */
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
