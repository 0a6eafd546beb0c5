import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AdmitSocket } from '../admit-socket.ts';
import type { TicketRequestResult } from '../options.ts';
import { createTestServer, type TestServer } from '../testing/index.ts';
import { type CompatOptions, connect } from './connect.ts';

let server: TestServer;
/** What was presented, upgrade by upgrade. */
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

function ticketOf(ticket: string): TicketRequestResult {
  return { success: true, ticket: { ticket, expires_at: 2_000_000_000 } };
}

describe('with the flag', () => {
  test('the ticket of the application is presented, and cleared from its cache', async () => {
    const tickets = ['first', 'second'];
    let cached: string | undefined;
    const getTicket = async () => {
      cached ??= tickets.shift();
      return ticketOf(`${cached}`);
    };
    const clearTicketCache = () => {
      cached = undefined;
    };
    client({ useTicketAuth: true, getTicket, clearTicketCache });
    (await server.connection()).drop();
    await server.connection();
    expect(presented).toEqual(['ticket.first', 'ticket.second']);
  });

  test.each(['REDIS_UNAVAILABLE', 'Failed to fetch'])('it tries again after %j', async (error) => {
    const answers = [{ success: false, error }, ticketOf('good')];
    const getTicket = async () => answers.shift() ?? { success: false };
    client({ useTicketAuth: true, getTicket });
    await server.connection();
    expect(presented).toEqual(['ticket.good']);
  });

  test('the client asks for tickets by itself where the application does not', async () => {
    client({ useTicketAuth: true, token: 'a.b.c' });
    await server.connection();
    expect(server.ticketRequests).toMatchObject([{ token: 'a.b.c' }]);
    expect(presented).toEqual([expect.stringMatching(/^ticket\.[0-9a-f]{32}$/)]);
  });

  test('a refused token is refreshed once, and kept', async () => {
    const refreshToken = vi.fn(async () => 'new');
    server.reject('INVALID_TOKEN');
    client({ useTicketAuth: true, token: 'old', refreshToken });
    (await server.connection()).drop();
    await server.connection();
    expect(server.ticketRequests.map(({ token }) => token)).toEqual(['old', 'new', 'new']);
    expect(refreshToken).toHaveBeenCalledOnce();
  });

  test('three failures in a row bring no JWT, unless it is asked for', async () => {
    const getTicket = vi.fn(async () => ({ success: false, error: 'REDIS_UNAVAILABLE' }));
    const options = { useTicketAuth: true, token: 'a.b.c', getTicket };
    client(options);
    await expect.poll(() => getTicket.mock.calls.length).toBeGreaterThan(4);
    expect(presented).toEqual([]);

    getTicket.mockClear();
    client({ ...options, fallback: 'jwt' });
    await server.connection();
    expect(presented).toEqual(['jwt.a.b.c']);
  });

  test('without a JWT there is nothing to fall back to', async () => {
    const getTicket = vi.fn(async () => ({ success: false, error: 'REDIS_UNAVAILABLE' }));
    client({ useTicketAuth: true, getTicket, fallback: 'jwt' });
    await expect.poll(() => getTicket.mock.calls.length).toBeGreaterThan(4);
    expect(presented).toEqual([]);
  });
});

describe('without the flag', () => {
  test('the JWT is presented, and no ticket is asked for', async () => {
    const getTicket = vi.fn(async () => ticketOf('unused'));
    client({ getTicket, token: 'a.b.c' });
    (await server.connection()).drop();
    await server.connection();
    expect(presented).toEqual(['jwt.a.b.c', 'jwt.a.b.c']);
    expect([getTicket.mock.calls, server.ticketRequests]).toEqual([[], []]);
  });

  test('a missing token is fetched', async () => {
    client({ token: null, refreshToken: () => 'fetched' });
    await server.connection();
    expect(presented).toEqual(['jwt.fetched']);
  });

  test('nobody is signed in without a token', async () => {
    const socket = client({ getTicket: async () => ticketOf('unused') });
    await expect.poll(() => socket.reason).toBe('SIGNED_OUT');
    expect(presented).toEqual([]);
  });
});
