import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryBus } from '@admit-one/adapter-memory';
import { createStoreClock, newTicket } from '@admit-one/core';
import { createTicketClient, type TicketReply, ticketSubjects } from '@admit-one/ticket-client';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Admission } from '../reservation.ts';
import type { GuardRejection } from './guard-rejection.ts';
import { createTicketGuard, type TicketGuard, type TicketGuardOptions } from './ticket-guard.ts';

type CommandName = 'reserve' | 'confirm' | 'release';

interface Sent {
  readonly name: CommandName;
  readonly handshake: string;
  readonly connection?: string;
  readonly why?: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** A `ws` server behind a guard, and a scripted ticket-service. */
export interface GuardedServer {
  readonly url: string;
  readonly guard: TicketGuard;
  /** The commands that have come, in their order. */
  readonly sent: readonly Sent[];
  /** Messages that the application has heard. */
  readonly heard: readonly string[];
  readonly rejections: readonly GuardRejection[];
  readonly errors: readonly unknown[];
  readonly outcomes: readonly (Admission | GuardRejection)[];
  /** Answers later commands of a name with this: as soon as it resolves. */
  answer(name: CommandName, reply: TicketReply | Promise<TicketReply>): void;
  named(name: CommandName): readonly Sent[];
  /** The URL with a ticket in it. */
  ticketUrl(ticket?: string): string;
}

export const principal = {
  issuer: 'main',
  session: 's-1',
  sessionFrom: 'sid',
  user: 'u-1',
  tokenIssuedAt: 1_700_000_000,
  kid: null,
  attributes: {},
};

export const accepted: TicketReply = { kind: 'accepted', now: 1_000_000, principal };

/** Starts the server, until the end of the test. Its application echoes, and listens before the confirm, as it should not. */
export async function startGuardedServer(options: TicketGuardOptions = {}): Promise<GuardedServer> {
  const bus = createMemoryBus({ onError: () => {} });
  const replies = new Map<CommandName, TicketReply | Promise<TicketReply>>();
  const sent: Sent[] = [];
  const heard: string[] = [];
  const rejections: GuardRejection[] = [];
  const errors: unknown[] = [];
  const outcomes: (Admission | GuardRejection)[] = [];

  for (const name of ['reserve', 'confirm', 'release'] as const)
    await bus.requests.serve(ticketSubjects[name], async (body) => {
      sent.push({ ...(body as Omit<Sent, 'name'>), name });
      return replies.get(name) ?? accepted;
    });
  await bus.requests.serve(ticketSubjects.time, async () => ({ now: 1_000_000 }));

  const guard = createTicketGuard(createTicketClient({ requests: bus.requests, clock: createStoreClock() }), {
    onRejected: (rejection) => rejections.push(rejection),
    onError: (error) => errors.push(error),
    ...options,
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: guard.handleProtocols });
  const http = createServer();
  http.on('upgrade', async (request, socket, head) => {
    const admission = await guard.admit(request);
    if (admission.kind === 'rejected') return admission.answer();
    sockets.handleUpgrade(request, socket, head, async (webSocket) => {
      webSocket.on('message', (data) => {
        heard.push(`${data}`);
        webSocket.send(data);
      });
      outcomes.push(await admission.establish(webSocket));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;

  onTestFinished(async () => {
    for (const client of sockets.clients) client.terminate();
    http.closeAllConnections();
    http.close();
    await bus.close();
  });

  return {
    url,
    guard,
    sent,
    heard,
    rejections,
    errors,
    outcomes,
    answer: (name, reply) => replies.set(name, reply),
    named: (name) => sent.filter((command) => command.name === name),
    ticketUrl: (ticket = newTicket()) => `${url}/?ticket=${ticket}`,
  };
}
