import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, type ConnectOptions, connect } from '@admit-one/testkit';
import type { Stack } from './stack.ts';

/** What an issue endpoint replies. */
export interface Ticket {
  readonly ticket: string;
  readonly ticketId: string;
  readonly expiresInSeconds: number;
  readonly expires_at: number;
}

/** A problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly traceId: string;
}

/** A rejection with 503 because a service, or what it needs, did not answer in time: on a busy machine, that happens. */
const UNAVAILABLE = /\b503\b.*"code":"(REDIS_|ISSUER_)?UNAVAILABLE"/s;
const TRIES = 5;
const PAUSE_MS = 500;

/** Tries again what was unavailable, as clients do. */
export async function persevering<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await attempt();
    } catch (error) {
      if (tries === TRIES || !UNAVAILABLE.test(String(error))) throw error;
      await pause(PAUSE_MS);
    }
}

/**
 * A ticket for the bearer of the token, by default a user of the stack's identity provider. What is unavailable is asked again.
 * @throws {Error} with the status and the body
 */
export function issueTicket(...request: Parameters<typeof requestTicket>): Promise<Ticket> {
  return persevering(() => requestTicket(...request));
}

/** As `issueTicket`, once. @throws {Error} with the status and the body */
export async function requestTicket(
  stack: Pick<Stack, 'tickets'> & Partial<Pick<Stack, 'users'>>,
  token?: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Ticket> {
  const response = await fetch(`${stack.tickets}/api/websocket/ticket`, {
    method: 'POST',
    headers: {
      ...headers,
      authorization: `Bearer ${token ?? (await stack.users?.token())}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (response.status !== 200) throw new Error(`no ticket: ${response.status} ${await response.text()}`);
  return (await response.json()) as Ticket;
}

/**
 * Has a ticket-service fetch the keys of its issuer, which it does with the first token, and which takes too long now and then
 * where it starts on a busy machine. No event tells of it.
 */
export function fetchKeys({ tickets, users }: Pick<Stack, 'tickets' | 'users'>): Promise<void> {
  return untilAvailable(async () => requestStatus({ tickets }, '0'.repeat(32), await users.token()));
}

/** Asks, and asks again what was unavailable; any other answer will do. */
export function untilAvailable(ask: () => Promise<Response>): Promise<void> {
  return persevering(async () => {
    const response = await ask();
    const text = await response.text();
    if (response.status === 503) throw new Error(`unavailable: 503 ${text}`);
  });
}

/** Asks for the status of a ticket. */
export function requestStatus(
  { tickets }: Pick<Stack, 'tickets'>,
  ticket: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${tickets}/api/websocket/ticket/status`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ticket }),
  });
}

/** An anonymous session. */
export async function anonymousSession(
  stack: Pick<Stack, 'tickets'>,
): Promise<{ token: string; sessionId: string }> {
  const response = await fetch(`${stack.tickets}/api/v1/auth/token`, { method: 'POST' });
  return (await response.json()) as { token: string; sessionId: string };
}

/** The URL of a route on an edge. */
export function routeUrl(stack: Pick<Stack, 'edges'>, route = '', edge = 0): string {
  return `${stack.edges[edge % stack.edges.length]}/ws${route === '' ? '' : `/${route}`}`;
}

/** The subprotocols that carry a ticket. */
export function carrying(ticket: string): readonly string[] {
  return ['admit.v1', `ticket.${ticket}`];
}

/** The subprotocols that carry a JWT in the place of a ticket. */
export function presenting(token: string): readonly string[] {
  return ['admit.v1', `jwt.${token}`];
}

/** Connects with a ticket, by the subprotocol carrier. What is unavailable is tried again: the ticket is still good. */
export function connectWith(
  stack: Pick<Stack, 'edges'>,
  { ticket }: Pick<Ticket, 'ticket'>,
  options: ConnectOptions & { route?: string; edge?: number } = {},
): Promise<Connection> {
  const { route, edge, ...rest } = options;
  return persevering(() => connect(routeUrl(stack, route, edge), { protocols: carrying(ticket), ...rest }));
}

/** As `connectWith`, on a route that sends back, until the ticket is consumed: the 101 comes before that, an echo after it. */
export async function connectAdmitted(...args: Parameters<typeof connectWith>): Promise<Connection> {
  const connection = await connectWith(...args);
  connection.socket.send('admitted');
  const echo = await connection.next();
  if (echo !== 'admitted') throw new Error(`another message came first: ${echo}`);
  return connection;
}
