import { type ClientStatus, connect, type Environment, type TokenNeed } from '@admit-one/client';
import { WebSocket } from 'ws';

/** What the program is told, as JSON in its only argument. */
export interface ClientsSettings {
  readonly clients: number;
  /** Base URLs. */
  readonly tickets: string;
  readonly edge: string;
  readonly hasJitter: boolean;
}

/** What it prints once every client has lost its connection, and has another. */
export interface Report {
  /** Why the clients waited or stopped meanwhile, and how often. */
  readonly reasons: Readonly<Record<string, number>>;
  /** When attempts were due, in Unix milliseconds. */
  readonly dueAt: readonly number[];
}

/** How many sign in at a time at first. */
const AT_A_TIME = 50;

const settings: ClientsSettings = JSON.parse(process.argv[2] ?? '');
const reasons: Record<string, number> = {};
const dueAt: number[] = [];
let open = 0;
let lost = 0;

const environment: Partial<Environment> = {
  WebSocket: WebSocket as unknown as Environment['WebSocket'],
  ...(settings.hasJitter ? {} : { random: () => 1 - Number.EPSILON }),
};

async function signIn(): Promise<string> {
  const response = await fetch(`${settings.tickets}/api/v1/auth/token`, { method: 'POST' });
  const { token }: { token: string } = await response.json();
  return token;
}

async function startClient(): Promise<void> {
  let token = signIn();
  const socket = connect({
    url: `${settings.edge}/ws`,
    ticketUrl: `${settings.tickets}/api/websocket/ticket`,
    getToken({ fresh }: TokenNeed) {
      if (fresh) token = signIn();
      return token;
    },
    environment,
  });
  socket.addEventListener('statechange', ({ detail }) => note(detail));
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
}

function note({ state, reason, nextRetryAt }: ClientStatus): void {
  if (state === 'open') {
    open += 1;
    if (open === settings.clients * 2) finish();
  }
  if (state !== 'waiting' && state !== 'stopped') return;
  reasons[`${reason}`] = (reasons[`${reason}`] ?? 0) + 1;
  if (nextRetryAt !== null) dueAt.push(nextRetryAt);
  lost += 1;
  if (lost === settings.clients) process.stdout.write('all lost\n');
}

function finish(): void {
  const report: Report = { reasons, dueAt };
  process.stdout.write(`all back ${JSON.stringify(report)}\n`, () => process.exit());
}

for (let started = 0; started < settings.clients; started += AT_A_TIME)
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, settings.clients - started) }, startClient));
process.stdout.write('all open\n');
process.stdin.resume().on('end', () => process.exit());
