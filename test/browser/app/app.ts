import {
  type AdmitSocket,
  type ClientStatus,
  connect,
  type TicketContext,
  type TicketResult,
  type TokenContext,
} from '@admit-one/client';

/** What a test tells the page by its address. */
export interface AppSettings {
  /** Base URL of the ticket-service. */
  readonly tickets: string;
  /** Base URL of the edge. */
  readonly edge: string;
  /** What it connects to, each by its own socket; the empty one is `/ws` alone. */
  readonly routes: readonly string[];
  readonly prefetch: boolean;
  readonly carrier: 'subprotocol' | 'query';
  /** Whether the page's own server asks for the tickets. */
  readonly hasBackend: boolean;
  /** The flag of the migration from JWTs. */
  readonly useTickets: boolean;
  /** Whether the JWT is presented after three failures to get a ticket. */
  readonly fallsBack: boolean;
}

/** What the page shows of one socket. */
export interface Line {
  readonly socket: AdmitSocket;
  /** The states since the page was loaded, with the reason where it waits or has stopped. */
  readonly states: string[];
}

/** The page, as its tests reach it. */
export interface App {
  readonly lines: Readonly<Record<string, Line>>;
  /** Says something, and gives the next thing that is heard. */
  say(text: string, route?: string): Promise<unknown>;
  /** Takes what the user has, and tells the sockets. */
  logOut(): void;
  logIn(token: string): void;
}

declare global {
  interface Window {
    app: App;
  }
}

const settings: AppSettings = JSON.parse(new URLSearchParams(location.search).get('settings') ?? '');
const TOKEN = 'jwt';
const SIGNED_OUT = 'signed-out';
/** What a refresh of the token gives, where a test has left it. */
const REFRESHED = 'refreshed-jwt';
const ANSWERED_WITHIN_MS = 20_000;
let signingIn: Promise<string> | undefined;

async function signIn(): Promise<string> {
  console.log('[Auth] Fetching JWT token from backend...');
  const response = await fetch(`${settings.tickets}/api/v1/auth/token`, { method: 'POST' });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  const { token }: { token: string } = await response.json();
  localStorage.setItem(TOKEN, token);
  console.log('[Auth] ✅ JWT token acquired');
  return token;
}

/** The token in the storage; anyone who has none, or a rejected one, becomes an anonymous user. */
async function getToken({ fresh }: TokenContext): Promise<string | null> {
  if (localStorage.getItem(SIGNED_OUT) !== null) return null;
  const kept = localStorage.getItem(fresh ? REFRESHED : TOKEN);
  if (kept !== null) return kept;
  signingIn ??= signIn().finally(() => {
    signingIn = undefined;
  });
  return signingIn;
}

function said({ state, reason }: ClientStatus): string {
  return state === 'waiting' || state === 'stopped' ? `${state}(${reason})` : state;
}

async function getTicket(need: TicketContext): Promise<TicketResult> {
  const token = await getToken(need);
  if (token === null) return null;
  const response = await fetch('/ticket', { headers: { authorization: `Bearer ${token}` } });
  return response.json();
}

function openLine(route: string): Line {
  const { tickets, edge, prefetch, carrier, hasBackend, useTickets, fallsBack } = settings;
  const migration = { useTickets, ...(fallsBack && { fallback: 'jwt' as const }) };
  const socket = connect({
    url: new URL(route === '' ? '/ws' : `/ws/${route}`, edge),
    carrier,
    debug: console,
    ...(route === '' ? {} : { route }),
    ...(hasBackend
      ? { getTicket }
      : { getToken, prefetch, ...migration, ticketUrl: `${tickets}/api/websocket/ticket` }),
  });
  const line: Line = { socket, states: [] };
  socket.addEventListener('statechange', ({ detail }) => {
    if (line.states.at(-1) !== said(detail)) line.states.push(said(detail));
  });
  return line;
}

const lines = Object.fromEntries(settings.routes.map((route) => [route, openLine(route)]));

window.app = {
  lines,
  say(text, route = '') {
    const line = lines[route];
    return new Promise((resolve, reject) => {
      line?.socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
      line?.socket.send(text);
      const silent = () => reject(new Error(`no answer to "${text}": ${line?.states.join(' ')}`));
      setTimeout(silent, ANSWERED_WITHIN_MS);
    });
  },
  logOut() {
    localStorage.setItem(SIGNED_OUT, 'true');
    localStorage.removeItem(TOKEN);
    for (const { socket } of Object.values(lines)) socket.close();
  },
  logIn(token) {
    localStorage.removeItem(SIGNED_OUT);
    localStorage.setItem(TOKEN, token);
    for (const { socket } of Object.values(lines)) socket.resume();
  },
};
