import { setTimeout } from 'node:timers/promises';
import { newTicket } from '@admit-one/core';
import { type Connection, openSocket } from '@admit-one/testkit';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import {
  carrying,
  connectAdmitted,
  connectWith,
  issueTicket,
  routeUrl,
  type Ticket,
} from '../stack/visitor.ts';

type Visited = Pick<Stack, 'tickets' | 'edges' | 'users'>;

/** Takes a connection that stays open. */
type Stay = (connection: Connection) => void;

/** Addresses of a home, an office and a data centre: documentation ranges. */
const HOME = { 'x-forwarded-for': '198.51.100.7' };
const OFFICE = { 'x-forwarded-for': '192.0.2.10' };
const ELSEWHERE = { 'x-forwarded-for': '203.0.113.9' };
const FORGOTTEN_PAGE = 'https://new.example';

/** What people and programs do to a WebSocket server, one visit each. Some stay. */
export const visits = {
  /** Comes in, says something, stays for a moment. */
  async usual(stack) {
    const options = { headers: HOME, route: 'echo' };
    await (await connectAdmitted(stack, await issueTicket(stack), options)).close();
  },
  /** Comes in and stays. */
  async stays(stack, stay) {
    stay(await connectWith(stack, await issueTicket(stack), { headers: HOME }));
  },
  /** The load balancer sends it to the other edge. */
  async staysElsewhere(stack, stay) {
    stay(await connectWith(stack, await issueTicket(stack), { headers: OFFICE, edge: 1 }));
  },
  /** Loses the network without a close frame. */
  async cutOff(stack) {
    const connection = await connectAdmitted(stack, await issueTicket(stack), { headers: OFFICE });
    connection.socket.terminate();
    await connection.closed;
  },
  /** Closes the page before it connects. */
  async changesMind(stack) {
    await issueTicket(stack);
  },
  /** A client with a bug: connects again with the ticket of before. */
  async reuses(stack) {
    const issued = await issueTicket(stack);
    await (await connectWith(stack, issued, { headers: OFFICE })).close();
    await present(stack, issued, { headers: OFFICE });
  },
  /** Someone elsewhere has a ticket that was used. */
  async replays(stack) {
    const issued = await issueTicket(stack);
    await (await connectWith(stack, issued, { headers: HOME })).close();
    await present(stack, issued, { headers: ELSEWHERE });
  },
  /** A page was deployed at an origin that nobody has listed. */
  async comesFromForgottenPage(stack) {
    await present(stack, await issueTicket(stack), { headers: HOME, origin: FORGOTTEN_PAGE });
  },
  /** Guesses tickets. */
  async guesses(stack) {
    await present(stack, { ticket: newTicket() }, { headers: ELSEWHERE });
  },
  /** The upstream of a proxy route is down. */
  async meetsDeadUpstream(stack) {
    await present(stack, await issueTicket(stack), { headers: HOME, route: 'down' });
  },
  /** Its login has ended. */
  async hasOldToken(stack) {
    const token = await stack.users.token({ exp: Math.floor(Date.now() / 1000) - 3_600 });
    await issueTicket(stack, token).catch(() => {});
  },
} as const satisfies Readonly<Record<string, (stack: Visited, stay: Stay) => Promise<void>>>;

export type Visit = keyof typeof visits;

async function present(
  stack: Pick<Stack, 'edges'>,
  { ticket }: Pick<Ticket, 'ticket'>,
  { route, ...options }: Parameters<typeof openSocket>[1] & { readonly route?: string },
): Promise<void> {
  const raw = await openSocket(routeUrl(stack, route), {
    protocols: carrying(ticket),
    origin: FRONTEND,
    ...options,
  });
  await raw.response();
  raw.abort();
  await raw.closed;
}

/** How many stay at the same time: after that, each new one makes the first one leave. */
const MOST_STAY = 40;

/** Visitors that come until they are stopped. */
export interface Visitors {
  stop(): Promise<void>;
}

/** Sends visitors one after the other, in this order, again and again. @param pauseMs between two of them */
export function startVisitors(stack: Visited, order: readonly Visit[], pauseMs: number): Visitors {
  const stopping = new AbortController();
  const staying: Connection[] = [];

  async function visit(name: Visit): Promise<void> {
    await visits[name](stack, (connection) => staying.push(connection));
    if (staying.length > MOST_STAY) await staying.shift()?.close();
  }

  async function visitAll(): Promise<void> {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const name = order[n % order.length];
      if (name === undefined) return;
      // During an incident most visits fail: that is what is shown.
      await visit(name).catch(() => {});
      await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
  const visiting = visitAll();
  return {
    async stop() {
      stopping.abort();
      await visiting;
      await Promise.all(staying.map((connection) => connection.close()));
    },
  };
}
