import { connect, type Environment, type TokenContext } from '@admit-one/client';
import { WebSocket } from 'ws';

/** What the program is told, as JSON in its only argument. */
export interface ClientsSettings {
  readonly clients: number;
  /** Base URLs. */
  readonly tickets: string;
  readonly edge: string;
  /** The edge that a load balancer sends clients to once the other is lost; by default the same. */
  readonly otherEdge?: string;
  readonly hasJitter: boolean;
}

/** What it prints at the end of its input. */
export interface Report {
  /** How many have a connection now. */
  readonly open: number;
  /** How long each was without a connection, every time that it lost one and got another, milliseconds. */
  readonly gapsMs: readonly number[];
  /** The same until the attempt that succeeded was due: what failed and what was waited for, and not how busy the machine is. */
  readonly dueGapsMs: readonly number[];
  /** When attempts were due, Unix milliseconds. */
  readonly dueAt: readonly number[];
  /** Why the clients waited or stopped meanwhile, and how often. */
  readonly reasons: Readonly<Record<string, number>>;
  /** When attempts were due, in milliseconds since their client's own loss: as if all had lost at the same instant. */
  readonly dueAfterMs: readonly number[];
}

/** How many sign in at a time at first. */
const AT_A_TIME = 50;

/** The clients and every service share one machine: what waits for a processor has not failed. What hangs has. */
const STEP_TIMEOUT_MS = 30_000;

const settings: ClientsSettings = JSON.parse(process.argv[2] ?? '');
const reasons: Record<string, number> = {};
const dueAfterMs: number[] = [];
const dueAt: number[] = [];
const gapsMs: number[] = [];
const dueGapsMs: number[] = [];
let open = 0;
let lost = 0;
let back = 0;

/** Connects to whatever edge a load balancer would choose. */
class BalancedWebSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    const { edge, otherEdge = edge } = settings;
    super(lost === 0 ? url : url.replace(edge, otherEdge), protocols);
  }
}

const environment: Partial<Environment> = {
  WebSocket: BalancedWebSocket as unknown as Environment['WebSocket'],
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
    getToken({ fresh }: TokenContext) {
      if (fresh) token = signIn();
      return token;
    },
    timeoutMs: STEP_TIMEOUT_MS,
    environment,
  });
  let lostAt: number | undefined;
  let wasOpen = false;
  let openUntil: number | undefined;
  let lastDue = 0;
  socket.addEventListener('open', () => {
    open += 1;
    wasOpen = true;
    if (openUntil === undefined) return;
    gapsMs.push(Date.now() - openUntil);
    dueGapsMs.push(lastDue - openUntil);
  });
  socket.addEventListener('close', () => {
    open -= 1;
    openUntil = Date.now();
  });
  socket.addEventListener('statechange', ({ detail: { state, reason, nextRetryAt } }) => {
    if (!wasOpen || (state !== 'waiting' && state !== 'stopped')) return;
    if (lostAt === undefined) noteLoss();
    lostAt ??= Date.now();
    if (nextRetryAt !== null) {
      dueAfterMs.push(nextRetryAt - lostAt);
      dueAt.push(nextRetryAt);
      lastDue = nextRetryAt;
    }
    reasons[`${reason}`] = (reasons[`${reason}`] ?? 0) + 1;
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  socket.addEventListener('open', noteReturn, { once: true });
}

function noteLoss(): void {
  lost += 1;
  if (lost === settings.clients) process.stdout.write('all lost\n');
}

function noteReturn(): void {
  back += 1;
  if (back < settings.clients) return;
  process.stdout.write('all back\n');
}

for (let started = 0; started < settings.clients; started += AT_A_TIME)
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, settings.clients - started) }, startClient));
process.stdout.write('all open\n');
process.stdin.resume().on('end', () => {
  const report: Report = { reasons, dueAfterMs, open, gapsMs, dueGapsMs, dueAt };
  process.stdout.write(`ended ${JSON.stringify(report)}\n`, () => process.exit());
});
