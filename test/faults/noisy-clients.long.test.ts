import { encodeFrame, opcodes, openSocket } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { carrying, issueTicket, routeUrl } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';
import { makeVisit, type Visit } from './visits.ts';

const MIN_VISITS = 20;
const NOISY_EDGE = 0;

/** All at once: a client is closed after ten seconds above its pace. */
const kinds = [
  { route: 'bridge', clients: 8, bytes: 20 },
  { route: 'echo', clients: 8, bytes: 20 },
  { route: 'bridge', clients: 8, bytes: 60_000 },
];

type TimedVisit = Visit & { readonly ms: number };

describeFaults('clients that send as fast as they can', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  test('of many small and of big messages, on both kinds of route: their edge admits as the other one does', async () => {
    const noisy = await Promise.all(
      kinds.flatMap((kind) => Array.from({ length: kind.clients }, () => startNoise(kind))),
    );
    onTestFinished(() => {
      for (const client of noisy) client.abort();
    });
    const beside: TimedVisit[] = [];
    const elsewhere: TimedVisit[] = [];
    let noise = noisy.length;
    for (const client of noisy) client.closed.finally(() => (noise -= 1));
    while (noise > 0 || beside.length < MIN_VISITS) {
      beside.push(await visit(NOISY_EDGE));
      elsewhere.push(await visit(NOISY_EDGE + 1));
    }
    process.stdout.write(
      `${JSON.stringify({ noisy: noisy.length, visits: beside.length, p99Beside: p99(beside), p99Elsewhere: p99(elsewhere) })}\n`,
    );
    expect([...beside, ...elsewhere].filter(({ kind }) => kind !== 'admitted')).toEqual([]);
    for (const client of noisy)
      expect((await client.closed).close).toEqual({ code: 4429, reason: 'RATE_LIMITED' });
  });

  /** Writes frames whenever the socket takes them, and reads what comes back. */
  async function startNoise({ route, bytes }: { route: string; bytes: number }) {
    const { ticket } = await issueTicket(stack);
    const client = await openSocket(routeUrl(stack, route, NOISY_EDGE), { protocols: carrying(ticket) });
    const frame = encodeFrame({ opcode: opcodes.text, payload: 'x'.repeat(bytes) });
    const frames = Buffer.concat(Array.from({ length: Math.ceil(60_000 / bytes) }, () => frame));
    const write = () => {
      while (client.socket.writable && client.socket.write(frames));
    };
    client.socket.on('drain', write);
    write();
    return client;
  }

  async function visit(edge: number): Promise<TimedVisit> {
    const startedAt = performance.now();
    const made = await makeVisit(stack, edge);
    return { ...made, ms: performance.now() - startedAt };
  }
});

function p99(visits: readonly { readonly ms: number }[]): number {
  const sorted = visits.map(({ ms }) => ms).sort((one, other) => one - other);
  return Math.round(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0);
}
