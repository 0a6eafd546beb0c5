import { openSocket } from '@admit-one/testkit';
import type { Problem } from '../stack/visitor.ts';

/** What came back over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body, where it is a problem document. */
  readonly problem: Problem | undefined;
}

/** Sends bytes to a service, letter by letter as Latin-1, and gives its first answer. */
export async function sendRaw(url: string, bytes: string | Uint8Array): Promise<RawAnswer> {
  const request = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const socket = await openSocket(url, { request });
  const { status, headers, body } = await socket.response();
  socket.abort();
  const isProblem = headers['content-type'] === 'application/problem+json' && body !== '';
  return { status, headers, body, problem: isProblem ? (JSON.parse(body) as Problem) : undefined };
}

/** Sends a request of these lines, and gives the answer to it. */
export async function askRaw(
  url: string,
  requestLine: string,
  headers: readonly string[],
  body = '',
): Promise<RawAnswer> {
  return sendRaw(url, [requestLine, ...headers, '', body].join('\r\n'));
}
