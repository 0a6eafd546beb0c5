import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { printable, type Terminal } from '../terminal.ts';
import type { Ending } from './ending.ts';

/** Prints each message as a line: as it is into a pipe, harmless on a terminal; binary ones in base64. */
export function printMessages(socket: WebSocket, stdout: Terminal['stdout']): void {
  const show = stdout.isTTY ? printable : (text: string) => text;
  socket.on('message', (data: Buffer, isBinary) => {
    const text = isBinary ? `[binary, ${data.length} bytes] ${data.toString('base64')}` : data.toString();
    stdout.write(`${show(text)}\n`);
  });
}

/** Resolves when the connection is gone. */
export function closeOf(socket: WebSocket): Promise<Omit<Ending, 'byUs'>> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

export interface ConversationOptions {
  readonly socket: WebSocket;
  readonly closed: ReturnType<typeof closeOf>;
  readonly terminal: Terminal;
  /** How long to wait for replies after the end of the input. */
  readonly lingerMs: number;
}

/** Sends line after line until the input ends, the user interrupts or the connection is gone; then closes with 1000. */
export async function converse(options: ConversationOptions): Promise<Ending> {
  const { socket, closed, terminal, lingerMs } = options;
  const gone = new AbortController();
  void closed.then(() => gone.abort());
  const over = AbortSignal.any([terminal.interrupted, gone.signal]);

  await sendLines(socket, terminal.stdin, over);
  await pause(lingerMs, undefined, { signal: over }).catch(() => {});
  const byUs = socket.readyState === WebSocket.OPEN;
  socket.close(1000);
  return { ...(await closed), byUs };
}

async function sendLines(socket: WebSocket, stdin: Terminal['stdin'], over: AbortSignal): Promise<void> {
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY, signal: over });
  for await (const line of lines) {
    if (over.aborted) return;
    await new Promise((resolve) => socket.send(line, resolve));
  }
}
