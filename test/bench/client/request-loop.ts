import { once } from 'node:events';
import { connect } from 'node:net';
import { answerOn, requestBytes, ticketRequest } from './credential-line.ts';
import { HOST } from './endpoint.ts';

/** Requests for a ticket: one that is granted, and what strangers and broken clients send. */
export const requestKinds = {
  ticket: { status: 200, headersFor: bearer },
  'no token': { status: 401, headersFor: () => [] },
  'malformed token': { status: 401, headersFor: () => bearer('abc') },
  'forged signature': { status: 401, headersFor: (token: string) => bearer(forged(token)) },
  'unknown member': { status: 400, headersFor: bearer, body: '{"Route":"chat"}' },
} as const;

export type RequestKind = keyof typeof requestKinds;

export interface RequestLoop {
  readonly kind: RequestKind;
  readonly ticketPort: number;
  readonly tokens: readonly string[];
  readonly requests: number;
  readonly concurrency: number;
}

/** Sends requests of one kind, each connection one after another. Gives the responses of another status, and how often. */
export async function runRequestLoop(loop: RequestLoop): Promise<Readonly<Record<string, number>>> {
  const { kind, ticketPort, tokens, requests, concurrency } = loop;
  const { status: expected, headersFor, ...rest } = requestKinds[kind];
  const failures: Record<string, number> = {};
  let begun = 0;

  async function askInTurn(): Promise<void> {
    const socket = connect({ port: ticketPort, host: HOST, noDelay: true });
    await once(socket, 'connect');
    while (begun < requests) {
      begun += 1;
      const headers = headersFor(tokens[begun % tokens.length] ?? '');
      socket.write(requestBytes(ticketPort, headers, { ...ticketRequest, ...rest }));
      const { status } = await answerOn(socket);
      if (status === expected) continue;
      const failure = `${kind}: ${status} in place of ${expected}`;
      failures[failure] = (failures[failure] ?? 0) + 1;
    }
    socket.destroy();
  }

  await Promise.all(Array.from({ length: concurrency }, askInTurn));
  return failures;
}

function bearer(token: string): readonly string[] {
  return [`Authorization: Bearer ${token}`];
}

let forgeries = 0;

/** Another signature each time, so that none is known already. */
function forged(token: string): string {
  forgeries += 1;
  const signed = token.slice(0, token.lastIndexOf('.'));
  return `${signed}.${Buffer.from(`${forgeries}`.padStart(64, 'x')).toString('base64url')}`;
}
