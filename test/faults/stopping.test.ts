import { type Connection, eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { events, expectNothingMissing } from '../stack/audit-log.ts';
import { type ServiceName, type ServiceProcess, startService } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { issueTicket } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';
import { connectTo, upgrade, whileDown, whilePaused } from './rejected.ts';
import { patient } from './soundness.ts';

/** The ways for NATS to be away: every connection is rejected, or nobody answers on those that there are. */
const ways = { killed: whileDown, stopped: whilePaused } as const;

/** What a busy machine may add to the end of a process. */
const SLACK_MS = 10_000;

/** What a stopped audit-service had in hand comes to the other one. */
const REDELIVERED_WITHIN_MS = 20_000;

describeFaults('a service that gets SIGTERM while NATS is away', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack.stop());

  describe.each(Object.entries(ways))('%s', (_way, whileAway) => {
    test('waits for it, and loses no event', async () => {
      const services = await startOneOfEach({ shutdownSeconds: 20 });
      const { edge } = services;
      const [connections, { ticket }] = [await greet(edge, 5), await issueTicket(stack)];

      const { codes } = await whileAway(stack.engines.nats, async () => {
        await upgrade(edge, ticket);
        const codes = Object.values(services).map((service) => service.stop());
        for (const { closed } of connections) expect(await closed).toMatchObject({ code: 1012 });
        await eventually(() => expect(edge.lines('websocket_closed')).toHaveLength(5), { what: 'the ends' });
        return { codes };
      });
      expect(await Promise.all(codes), edge.logs()).toEqual([0, 0, 0]);

      const told = async (type: string) => (await events(stack, { type })).map(({ subject }) => subject);
      const ended = edge.lines('websocket_closed').map(({ connection }) => connection);
      await eventually(
        async () => {
          expect(await told('admit.connection.closed')).toEqual(expect.arrayContaining(ended));
          const instances = Object.values(services).map((service) => service.lines('stopping')[0]?.instance);
          expect(await told('admit.service.stopped')).toEqual(expect.arrayContaining(instances));
        },
        { what: 'the audit log of the ends', timeoutMs: patient(REDELIVERED_WITHIN_MS), everyMs: 100 },
      );
      await expectNothingMissing(stack);
    });

    test('waits no longer than SHUTDOWN_SECONDS, and says how many events are lost', async () => {
      const services = await startOneOfEach({ shutdownSeconds: 3 });
      const { edge } = services;
      const connections = await greet(edge, 5);

      await whileAway(stack.engines.nats, async () => {
        const startedAt = performance.now();
        const codes = Object.values(services).map((service) => service.stop());
        expect(await Promise.all(codes)).toEqual([1, 1, 1]);
        expect(performance.now() - startedAt).toBeLessThan(3_000 + SLACK_MS);
        for (const { closed } of connections) expect(await closed).toMatchObject({ code: 1012 });
      });
      // The ends of the edge's five connections, and of each that it stops.
      const least = { edge: 6, tickets: 1, audit: 1 };
      for (const [name, service] of Object.entries(services)) {
        const lines = service.lines('events_lost');
        expect(lines).toEqual([expect.objectContaining({ severity: 'ERROR', count: expect.any(Number) })]);
        expect(lines[0]?.count).toBeGreaterThanOrEqual(least[name as keyof typeof least]);
      }
    });
  });

  /** Services beside those of the stack. */
  async function startOneOfEach({ shutdownSeconds }: { readonly shutdownSeconds: number }) {
    const start = async (name: ServiceName) => {
      const variables = { ...stack.variables[name], SHUTDOWN_SECONDS: `${shutdownSeconds}` };
      const service = await startService(name, variables);
      onTestFinished(() => service.kill());
      await service.ready();
      return service;
    };
    const [edge, tickets, audit] = await Promise.all([
      start('ws-edge'),
      start('ticket-service'),
      start('audit-service'),
    ]);
    return { edge, tickets, audit };
  }

  /** Connections on which a message has come back: they are admitted for certain. */
  function greet(edge: ServiceProcess, count: number): Promise<readonly Connection[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const connection = await connectTo(edge, (await issueTicket(stack)).ticket);
        connection.socket.send('hello');
        await connection.next();
        return connection;
      }),
    );
  }
});
