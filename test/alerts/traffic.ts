import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, connect } from '@admit-one/testkit';
import type { ServicesStack } from '../stack/services.ts';
import { carrying, connectAdmitted, issueTicket, routeUrl, type Ticket } from '../stack/visitor.ts';

/** Work that is repeated until it is stopped; a try that fails is not the last. */
export interface Repeated {
  stop(): Promise<void>;
}

export function repeat(everyMs: number, work: () => Promise<unknown>): Repeated {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (!signal.aborted) {
      await work().catch(() => {});
      await pause(everyMs, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Users come from many networks: in the headers of a trusted proxy, one of 512, which are kept for benchmarks. */
export function fromSomewhere(): { readonly 'x-forwarded-for': string } {
  return { 'x-forwarded-for': `198.${18 + randomInt(2)}.${randomInt(256)}.7` };
}

/** A ticket for somebody. */
export function ask(stack: Pick<ServicesStack, 'tickets' | 'users'>): Promise<Ticket> {
  return issueTicket(stack, undefined, undefined, fromSomewhere());
}

/** One visit: a ticket, a connection, an echo, and a proper end. */
export async function visit(stack: ServicesStack, edge = 0): Promise<void> {
  const connection = await open(stack, edge);
  await connection.close();
}

/** A connection that was admitted: its first echo has come. */
export async function open(stack: ServicesStack, edge = 0): Promise<Connection> {
  const headers = fromSomewhere();
  const ticket = await issueTicket(stack, undefined, undefined, headers);
  return connectAdmitted(stack, ticket, { route: 'echo', edge, headers });
}

/** An upgrade, whether it is rejected or not. */
export async function present(
  stack: ServicesStack,
  ticket: string | null,
  { address, origin, edge = 0 }: { address?: string; origin?: string; edge?: number } = {},
): Promise<void> {
  const headers: Record<string, string> =
    address === undefined ? fromSomewhere() : { 'x-forwarded-for': address };
  const protocols = ticket === null ? [] : carrying(ticket);
  const options = { protocols, headers, ...(origin !== undefined && { origin }) };
  try {
    const connection = await connect(routeUrl(stack, 'echo', edge), options);
    await connection.close();
  } catch {
    // Rejected with a status.
  }
}

/** Does the same so many times at once. */
export async function times(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => work(n)));
}
