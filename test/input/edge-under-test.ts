import { openSocket, type RawSocket, type RawSocketOptions } from '@admit-one/testkit';
import { expect } from 'vitest';
import { expectNothingMissing } from '../stack/audit-log.ts';
import { startEmbedded } from '../stack/embedded.ts';
import type { Stack, Variables } from '../stack/stack.ts';
import { issueTicket, routeUrl, type Ticket } from '../stack/visitor.ts';

/** A whole stack whose edge believes the address that a test says it comes from. */
export interface EdgeUnderTest {
  readonly stack: Stack;
  /** The edge's `/ws`. */
  readonly url: string;
  issue(body?: object): Promise<Ticket>;
  /** Opens a connection with a fresh ticket in the query; what it says further is up to the test. */
  admit(options?: AdmitOptions): Promise<Admitted>;
  /** Says that the service is well after all that it was sent, and stops it. */
  stopHealthy(): Promise<void>;
}

export interface AdmitOptions extends RawSocketOptions {
  /** The URL to go by instead of the edge's own, such as that of a proxy. */
  readonly by?: (url: string) => string;
}

export interface Admitted extends Ticket {
  readonly raw: RawSocket;
}

/** Starts it. */
export async function startEdgeUnderTest(variables: Variables = {}): Promise<EdgeUnderTest> {
  const stack = await startEmbedded({ TRUSTED_PROXIES: '127.0.0.1', ...variables });
  const url = routeUrl(stack);
  const issue = (body?: object) => issueTicket(stack, undefined, body);

  async function admit({ by = (direct) => direct, ...options }: AdmitOptions = {}): Promise<Admitted> {
    const ticket = await issue();
    const raw = await openSocket(by(`${url}?ticket=${ticket.ticket}`), options);
    expect(await raw.response()).toMatchObject({ status: 101 });
    return { ...ticket, raw };
  }

  return {
    stack,
    url,
    issue,
    admit,
    async stopHealthy() {
      try {
        expect((await fetch(`${stack.tickets}/healthz`)).status).toBe(200);
        expect((await fetch(`${stack.tickets}/readyz`)).status).toBe(200);
        (await admit()).raw.abort();
        await expectNothingMissing(stack);
        expect(errorsLogged(stack)).toEqual([]);
      } finally {
        await stack.stop();
      }
    },
  };
}

/** The log lines of our own errors: bad input must not cause any. */
function errorsLogged(stack: Stack): readonly unknown[] {
  const lines = stack.logs().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter(({ severity }) => /ERROR|CRITICAL/.test(severity));
}
