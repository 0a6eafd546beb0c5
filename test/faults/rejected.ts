import { randomBytes } from 'node:crypto';
import {
  type Connection,
  type ConnectOptions,
  connect,
  type Engine,
  UpgradeRejected,
} from '@admit-one/testkit';
import type { ServiceProcess } from '../stack/service-process.ts';
import type { ServicesStack } from '../stack/services.ts';
import { carrying } from '../stack/visitor.ts';

/** A rejection as the rejected met it. */
export interface Rejected {
  /** HTTP status, or the close code of a connection that was dropped. */
  readonly status: number;
  readonly code: string;
  readonly traceId: string;
  /** The process that rejected. */
  readonly by: ServiceProcess;
  /** What was presented, and must not be in any log. */
  readonly secret: string;
}

/** A trace that a client has begun. */
export function newTrace(): { readonly traceId: string; readonly traceparent: string } {
  const traceId = randomBytes(16).toString('hex');
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
}

/** Makes a request with a bearer token that is rejected. */
export async function request(
  by: ServiceProcess,
  { method, path, token }: { readonly method: 'GET' | 'POST'; readonly path: string; readonly token: string },
): Promise<Rejected> {
  const { traceId, traceparent } = newTrace();
  const headers = { authorization: `Bearer ${token}`, traceparent };
  const response = await fetch(by.url + path, { method, headers, signal: AbortSignal.timeout(10_000) });
  const problem = (await response.json()) as { readonly code: string; readonly traceId: string };
  if (response.ok || problem.traceId !== traceId)
    throw new Error(`${path}: ${response.status} ${JSON.stringify(problem)}`);
  return { status: response.status, code: problem.code, traceId, by, secret: token };
}

/** Asks for a ticket that is rejected. */
export async function askForTicket(stack: ServicesStack, by: ServiceProcess): Promise<Rejected> {
  const token = await stack.users.token();
  return request(by, { method: 'POST', path: '/api/websocket/ticket', token });
}

/** Makes an upgrade that is rejected. */
export async function upgrade(by: ServiceProcess, ticket: string): Promise<Rejected> {
  const { traceId, traceparent } = newTrace();
  try {
    await connectTo(by, ticket, { headers: { traceparent } });
  } catch (error) {
    if (!(error instanceof UpgradeRejected)) throw error;
    const { status, problem } = error;
    return { status, code: String(problem.code), traceId, by, secret: ticket };
  }
  throw new Error('the upgrade was not rejected');
}

/** Connects to one edge, on its echo route unless it is another. */
export function connectTo(
  { url }: ServiceProcess,
  ticket: string,
  { route = 'echo', ...options }: ConnectOptions & { readonly route?: string } = {},
): Promise<Connection> {
  return connect(`${url.replace('http:', 'ws:')}/ws/${route}`, { protocols: carrying(ticket), ...options });
}

/** Works while an engine stands still: nothing is answered on its connections. */
export async function whilePaused<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  await engine.pause();
  try {
    return await work();
  } finally {
    await engine.resume();
  }
}

/** Works while an engine is not there: every connection to it is rejected. */
export async function whileDown<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  await engine.kill();
  try {
    return await work();
  } finally {
    await engine.start();
  }
}
