import { CommandFault, exitCodes } from '../exit-codes.ts';
import type { Narrator } from '../narrator.ts';
import { membersOf, refusalFault, unreachableFault } from './server-fault.ts';

const REPLY_TIMEOUT_MS = 10_000;

/** The HTTP endpoints of a server. All throw `CommandFault`. */
export interface Api {
  /** Begins an anonymous session. */
  anonymousToken(): Promise<{ readonly token: string; readonly sessionId: string }>;
  /** @param route the only one that the ticket will admit to, or undefined for any */
  ticket(token: string, route: string | undefined): Promise<IssuedTicket>;
}

export interface IssuedTicket {
  readonly ticket: string;
  readonly ticketId: string;
  readonly expiresInSeconds: number;
}

/** @param base the server's address; its path is a prefix of all others */
export function createApi(base: URL, narrator: Narrator, interrupted: AbortSignal): Api {
  async function post(path: string, init: RequestInit): Promise<Reply> {
    const url = endpointOf(base, path);
    const startedAt = performance.now();
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(REPLY_TIMEOUT_MS)]);
    let response: Response;
    let body: string;
    try {
      response = await fetch(url, { ...init, method: 'POST', redirect: 'manual', signal });
      body = await response.text();
    } catch (error) {
      throw unreachableFault(url, error);
    }
    const tookMs = Math.round(performance.now() - startedAt);
    narrator.detail(`POST ${url} answered ${response.status} in ${tookMs} ms`);
    if (!response.ok) throw refusalFault(String(url), response.status, body);
    return readReply(url, body);
  }

  return {
    async anonymousToken() {
      const reply = await post('api/v1/auth/token', {});
      return { token: reply.text('token'), sessionId: reply.text('sessionId') };
    },
    async ticket(token, route) {
      const reply = await post('api/websocket/ticket', {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ route }),
      });
      return {
        ticket: reply.text('ticket'),
        ticketId: reply.text('ticketId'),
        expiresInSeconds: reply.number('expiresInSeconds'),
      };
    },
  };
}

/** The address of something under a base address. */
export function endpointOf(base: URL, path: string): URL {
  return new URL(path, base.pathname.endsWith('/') ? base : new URL(`${base.pathname}/`, base));
}

interface Reply {
  text(name: string): string;
  number(name: string): number;
}

function readReply(url: URL, body: string): Reply {
  const members = membersOf(body);
  function member(name: string, type: 'string' | 'number'): unknown {
    if (typeof members[name] === type) return members[name];
    throw new CommandFault(`The reply of ${url} is not Admit One's. Is --url right?`, exitCodes.refused);
  }
  return {
    text: (name) => member(name, 'string') as string,
    number: (name) => member(name, 'number') as number,
  };
}
