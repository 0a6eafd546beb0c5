import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AdmitSocket } from '../admit-socket.ts';
import type { TicketRequestResult } from '../options.ts';
import { createTestServer, type TestServer } from '../testing/index.ts';
import { type CompatOptions, connect } from './connect.ts';

let server: TestServer;
/** The credential of each upgrade. */
let presented: string[];

beforeEach(() => {
  server = createTestServer();
  presented = [];
});

function client(options: CompatOptions): AdmitSocket {
  const { WebSocket } = server.environment;
  if (WebSocket === undefined) throw new Error('there is no WebSocket');
  class Watched extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      presented.push(protocols.at(-1) ?? '');
    }
  }
  const environment = { ...server.environment, WebSocket: Watched };
  const socket = connect('wss://api.example.com/ws', { environment, ...options });
  onTestFinished(() => socket.close());
  return socket;
}

function resultWith(ticket: string): TicketRequestResult {
  return { success: true, ticket: { ticket, expires_at: 2_000_000_000 } };
}

describe('with useTicketAuth', () => {
  test('the ticket of getTicket is presented, and clearTicketCache is called after it', async () => {
    const tickets = ['first', 'second'];
    let cached: string | undefined;
    const getTicket = async () => {
      cached ??= tickets.shift();
      return resultWith(`${cached}`);
    };
    const clearTicketCache = () => {
      cached = undefined;
    };
    client({ useTicketAuth: true, getTicket, clearTicketCache });
    (await server.connection()).drop();
    await server.connection();
    expect(presented).toEqual(['ticket.first', 'ticket.second']);
  });

  test.each(['REDIS_UNAVAILABLE', 'Failed to fetch'])('retries after %j', async (error) => {
    const answers = [{ success: false, error }, resultWith('good')];
    const getTicket = async () => answers.shift() ?? { success: false };
    client({ useTicketAuth: true, getTicket });
    await server.connection();
    expect(presented).toEqual(['ticket.good']);
  });

  test('without getTicket the client requests tickets itself', async () => {
    client({ useTicketAuth: true, token: 'a.b.c' });
    await server.connection();
    expect(server.ticketRequests).toMatchObject([{ token: 'a.b.c' }]);
    expect(presented).toEqual([expect.stringMatching(/^ticket\.[0-9a-f]{32}$/)]);
  });

  test('a rejected token is refreshed once and kept', async () => {
    const refreshToken = vi.fn(async () => 'new');
    server.reject('INVALID_TOKEN');
    client({ useTicketAuth: true, token: 'old', refreshToken });
    (await server.connection()).drop();
    await server.connection();
    expect(server.ticketRequests.map(({ token }) => token)).toEqual(['old', 'new', 'new']);
    expect(refreshToken).toHaveBeenCalledOnce();
  });

  test('the fallback presents the JWT after three failures in a row', async () => {
    const getTicket = vi.fn(async () => ({ success: false, error: 'REDIS_UNAVAILABLE' }));
    client({ useTicketAuth: true, token: 'a.b.c', getTicket, fallback: 'jwt' });
    await server.connection();
    expect(presented).toEqual(['jwt.a.b.c']);
  });

  test('the fallback does nothing without a JWT', async () => {
    const getTicket = vi.fn(async () => ({ success: false, error: 'REDIS_UNAVAILABLE' }));
    client({ useTicketAuth: true, getTicket, fallback: 'jwt' });
    await expect.poll(() => getTicket.mock.calls.length).toBeGreaterThan(4);
    expect(presented).toEqual([]);
  });
});

describe('without useTicketAuth', () => {
  test('the JWT is presented, and no ticket is requested', async () => {
    const getTicket = vi.fn(async () => resultWith('unused'));
    client({ getTicket, token: 'a.b.c' });
    (await server.connection()).drop();
    await server.connection();
    expect(presented).toEqual(['jwt.a.b.c', 'jwt.a.b.c']);
    expect([getTicket.mock.calls, server.ticketRequests]).toEqual([[], []]);
  });

  test('a missing token comes from refreshToken', async () => {
    client({ token: null, refreshToken: () => 'fetched' });
    await server.connection();
    expect(presented).toEqual(['jwt.fetched']);
  });

  test('without a token the client is signed out', async () => {
    const socket = client({ getTicket: async () => resultWith('unused') });
    await expect.poll(() => socket.reason).toBe('SIGNED_OUT');
    expect(presented).toEqual([]);
  });
});
