import { randomBytes } from 'node:crypto';
import { openNatsBus } from '@admit-one/adapter-nats';
import { openPostgres } from '@admit-one/adapter-postgres';
import { type EventType, eventCatalogue, type NewEvent, newId, numbered } from '@admit-one/core';
import { type SigningKey, signBreakGlassToken } from '@admit-one/identity';
import type { AlertName } from '@admit-one/observability';
import { asRole, type FaultProxy } from '@admit-one/testkit';
import { startService } from '../stack/service-process.ts';
import type { ServicesStack } from '../stack/services.ts';
import { issueTicket } from '../stack/visitor.ts';
import { open, present, type Repeated, repeat, times, visit } from './traffic.ts';

/** Where causes are injected. Its second edge has a link of its own to NATS. */
export interface Scene {
  readonly stack: ServicesStack;
  readonly edgeLink: FaultProxy;
  /** Signs the break-glass tokens that the audit-service accepts. */
  readonly breakGlassKey: SigningKey;
  /** The visits that go on all the time. */
  readonly traffic: { pause(): Promise<void>; resume(): void };
}

/** Something that goes wrong, and the alerts that are there for it. */
export interface Cause {
  readonly injects: string;
  readonly fires: readonly AlertName[];
  /** What it makes fire when it has ended. */
  readonly firesAfter?: readonly AlertName[];
  /** What it may make fire too: it is part of the same trouble. */
  readonly mayFire?: readonly AlertName[];
  /** Injects it. It goes on until it is ended with what this resolves with. */
  begin(scene: Scene): Promise<() => Promise<void>>;
}

/** What spends the error budgets while requests fail. */
const burns = [
  'AdmitAvailabilityBurn',
  'AdmitAvailabilitySlowBurn',
  'AdmitFailureTrickle',
  'AdmitSuccessBurn',
] as const;

const nothing = async (): Promise<void> => {};

async function until({ stop }: Repeated): Promise<void> {
  await stop();
}

/** Runs SQL on the audit log's database. */
async function runSql({ stack }: Scene, text: string): Promise<void> {
  const url = stack.variables['audit-service'].DATABASE_URL ?? '';
  const sql = openPostgres({ url, applicationName: 'test', onError: () => {} });
  await sql.query(text);
  await sql.close();
}

/** Lets the minutes pass that the gauges of the largest sources count: they are the same in every test. */
function letMinutesPass(scene: Scene): Promise<void> {
  return runSql(scene, "DELETE FROM rollup WHERE dimension IN ('prefix', 'blocked')");
}

/** Publishes events as a service would: its examples, changed. */
async function publishAs(
  { stack }: Scene,
  role: 'ws-edge' | 'ticket-service',
  events: readonly {
    readonly type: EventType;
    readonly partitionkey: string;
    readonly sequence: number;
    readonly data?: object;
    readonly time?: number;
  }[],
): Promise<void> {
  const bus = await openNatsBus({
    url: asRole(stack.engines.nats.url, role),
    name: 'test',
    onError: () => {},
    onWarning: () => {},
  });
  for (const { type, partitionkey, sequence, data, time = Date.now() } of events) {
    const event = { type, source: partitionkey, subject: newId(), time, traceparent: null };
    const full = { ...event, data: { ...eventCatalogue[type].example, ...data } };
    const { sequence: text, ...rest } = numbered(full as unknown as NewEvent, partitionkey, sequence);
    const json = Buffer.from(JSON.stringify({ ...rest, sequence: text }));
    await bus.events.publish([{ type, partitionkey, sequence: text, json }]);
  }
  await bus.close();
}

async function acknowledge({ stack }: Scene, kind: string, name: string): Promise<void> {
  const token = await stack.operatorToken('audit:acknowledge');
  await fetch(`${stack.audit}/api/v1/audit/completeness/acknowledgements`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind, name, reason: 'the test did it' }),
  });
}

/** Another ticket-service, configured badly, which is asked for tickets. */
async function besides(scene: Scene, variables: Record<string, string>, atOnce: number) {
  const { stack } = scene;
  const service = await startService('ticket-service', {
    ...stack.variables['ticket-service'],
    ...variables,
  });
  const asking = repeat(200, () =>
    times(atOnce, () => issueTicket({ tickets: service.url, users: stack.users }).catch(() => {})),
  );
  return async () => {
    await asking.stop();
    await service.stop();
  };
}

/** Presents so many tickets a second time. */
async function replay({ stack }: Scene, count: number): Promise<void> {
  await times(count, async () => {
    const { ticket } = await issueTicket(stack);
    await present(stack, ticket);
    await present(stack, ticket);
  });
}

/** In an order in which no cause leaves behind what another needs not to be there. */
export const causes: readonly Cause[] = [
  {
    injects: 'a message that is no event',
    fires: ['AdmitDeadLetters'],
    async begin(scene) {
      await publishAs(scene, 'ws-edge', [
        { type: 'admit.handshake.rejected', partitionkey: 'audit-service-x', sequence: 1 },
      ]);
      return () => acknowledge(scene, 'dead_letters', 'admit.event.handshake.rejected');
    },
  },
  {
    injects: 'an event is dropped: the second of three',
    fires: ['AdmitEventsMissing'],
    async begin(scene) {
      const partitionkey = `ws-edge-${newId().slice(0, 8)}`;
      const type = 'admit.handshake.rejected';
      await publishAs(
        scene,
        'ws-edge',
        [1, 3].map((sequence) => ({ type, partitionkey, sequence })),
      );
      return () => acknowledge(scene, 'partition', partitionkey);
    },
  },
  {
    injects: 'an event of ten days ahead: a clock is wrong',
    fires: ['AdmitRetentionStalled'],
    async begin(scene) {
      const time = Date.now() + 10 * 86_400_000;
      const partitionkey = `ws-edge-${newId().slice(0, 8)}`;
      await publishAs(scene, 'ws-edge', [
        { type: 'admit.handshake.rejected', partitionkey, sequence: 1, time },
      ]);
      return () => runSql(scene, 'DELETE FROM event_outside');
    },
  },
  {
    injects: 'a rejection with a reason of a later version',
    fires: ['AdmitUnknownReason'],
    async begin(scene) {
      const partitionkey = `ws-edge-${newId().slice(0, 8)}`;
      const data = { reason: 'of_a_later_version' };
      await publishAs(scene, 'ws-edge', [
        { type: 'admit.handshake.rejected', partitionkey, sequence: 1, data },
      ]);
      return nothing;
    },
  },
  {
    injects: 'an operator uses a break-glass token',
    fires: ['AdmitBreakGlassUsed'],
    async begin({ stack, breakGlassKey }) {
      const token = await signBreakGlassToken(breakGlassKey, {
        subject: 'ann',
        reason: 'test',
        ttlSeconds: 60,
      });
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${stack.audit}/api/v1/audit/sequences`, { headers });
      return nothing;
    },
  },
  {
    injects: 'an admission over the JWT pathway',
    fires: ['AdmitJwtPathwayUsed'],
    async begin(scene) {
      const partitionkey = `p00.${newId()}`;
      await publishAs(scene, 'ticket-service', [
        { type: 'admit.ticket.consumed', partitionkey, sequence: 1, data: { pathway: 'jwt' } },
      ]);
      return nothing;
    },
  },
  {
    injects: 'six tickets are presented twice',
    fires: ['AdmitTicketsReplayed'],
    async begin(scene) {
      await replay(scene, 6);
      return nothing;
    },
  },
  {
    injects: 'a client presents all of its tickets twice',
    fires: ['AdmitClientReusesTickets', 'AdmitTicketsReplayed'],
    async begin(scene) {
      const replaying = repeat(1_000, () => replay(scene, 6));
      return async () => {
        await replaying.stop();
        await letMinutesPass(scene);
      };
    },
  },
  {
    injects: '140 upgrades without a ticket from one network',
    fires: ['AdmitPrefixRejected'],
    async begin(scene) {
      await times(140, () => present(scene.stack, null, { address: '198.51.100.7' }));
      return () => letMinutesPass(scene);
    },
  },
  {
    injects: 'a page of an origin that is not listed is used from 12 networks',
    fires: ['AdmitOriginBlocked'],
    async begin(scene) {
      const origin = 'https://forgotten.example.com';
      await times(12, (n) => present(scene.stack, null, { address: `203.0.${n}.7`, origin }));
      return () => letMinutesPass(scene);
    },
  },
  {
    injects: 'tickets are issued, and no edge sees them',
    fires: ['AdmitTicketsNotPresented'],
    async begin({ stack }) {
      const issuing = repeat(250, () => times(5, () => issueTicket(stack)));
      return () => until(issuing);
    },
  },
  {
    injects: 'a ticket-service cannot fetch the keys of the issuer',
    fires: ['AdmitIssuerKeysUnusable'],
    mayFire: ['AdmitAdmissionsFailing', ...burns],
    begin: (scene) => besides(scene, { JWT_JWKS_URL: 'http://127.0.0.1:9/jwks.json' }, 2),
  },
  {
    injects: 'the outbox reaches its bound',
    fires: ['AdmitOutboxFilling'],
    mayFire: ['AdmitAdmissionsFailing', 'AdmitTicketsNotPresented', ...burns],
    begin: (scene) => besides(scene, { OUTBOX_SOFT_BOUND: '1' }, 60),
  },
  {
    injects: 'an edge is cut off from the bus',
    fires: ['AdmitAvailabilityBurn', 'AdmitAvailabilitySlowBurn', 'AdmitFailureTrickle', 'AdmitSuccessBurn'],
    mayFire: ['AdmitAdmissionsFailing', 'AdmitTicketsNotPresented'],
    async begin({ stack, edgeLink }) {
      edgeLink.delay(1_500);
      const visiting = repeat(300, () => times(4, () => visit(stack, 1)));
      return async () => {
        await visiting.stop();
        await edgeLink.heal();
      };
    },
  },
  {
    injects: 'the link of an edge to the bus is slow',
    fires: ['AdmitUpgradeSlow'],
    mayFire: ['AdmitLogFreshnessBurn'],
    async begin({ stack, edgeLink }) {
      edgeLink.delay(200);
      const visiting = repeat(200, () => visit(stack, 1));
      return async () => {
        await visiting.stop();
        await edgeLink.heal();
      };
    },
  },
  {
    injects: 'both ticket-services stand still',
    fires: ['AdmitAdmissionsFailing'],
    mayFire: ['AdmitNoAdmissions', ...burns],
    async begin({ stack, traffic }) {
      await traffic.pause();
      const presenting = repeat(200, () => times(8, () => present(stack, randomBytes(16).toString('hex'))));
      for (const service of stack.ticketServices) service.pause();
      return async () => {
        for (const service of stack.ticketServices) service.resume();
        await presenting.stop();
        traffic.resume();
      };
    },
  },
  {
    injects: 'Redis stands still',
    fires: ['AdmitStoreDown'],
    mayFire: ['AdmitAdmissionsFailing', 'AdmitLogFreshnessBurn', 'AdmitNoAdmissions', ...burns],
    async begin({ stack }) {
      await stack.engines.redis.pause();
      const asking = repeat(200, () => issueTicket(stack));
      return async () => {
        await stack.engines.redis.resume();
        await asking.stop();
      };
    },
  },
  {
    injects: 'Redis is killed and starts empty',
    fires: ['AdmitStoreEpochChanged'],
    mayFire: ['AdmitStoreDown', 'AdmitAdmissionsFailing', 'AdmitEventsMissing', ...burns],
    async begin({ stack }) {
      const { redis } = stack.engines;
      await redis.kill();
      await redis.start();
      return nothing;
    },
  },
  {
    injects: 'NATS is killed',
    fires: ['AdmitBusDown'],
    mayFire: [
      'AdmitAdmissionsFailing',
      'AdmitAuditLogStalled',
      'AdmitLogFreshnessBurn',
      'AdmitTicketsNotPresented',
      'AdmitOutboxFilling',
      'AdmitUpgradeSlow',
      'AdmitNoAdmissions',
      ...burns,
    ],
    async begin({ stack }) {
      await stack.engines.nats.kill();
      return () => stack.engines.nats.start();
    },
  },
  {
    injects: 'PostgreSQL is killed',
    fires: ['AdmitAuditLogStalled'],
    // What comes late is known to be late when it has come.
    firesAfter: ['AdmitLogFreshnessBurn'],
    mayFire: ['AdmitNoAdmissions'],
    async begin({ stack }) {
      await stack.engines.postgres.kill();
      return () => stack.engines.postgres.start();
    },
  },
  {
    injects: 'an edge ends and starts again and again',
    fires: ['AdmitEdgeCrashLoop'],
    mayFire: ['AdmitEdgeLost'],
    async begin({ stack }) {
      const [, edge] = stack.edgeServices;
      const crashing = repeat(100, async () => {
        await edge?.stop();
        await edge?.start();
      });
      return () => until(crashing);
    },
  },
  {
    injects: 'an edge with a connection is killed',
    fires: ['AdmitEdgeLost'],
    async begin({ stack }) {
      const [, edge] = stack.edgeServices;
      await open(stack, 1);
      await edge?.kill();
      return async () => edge?.start();
    },
  },
  {
    injects: '320 connections break, and come back at once',
    fires: ['AdmitReconnectStorm'],
    mayFire: ['AdmitUpgradeSlow'],
    async begin({ stack }) {
      for (let round = 0; round < 2; round += 1)
        for (let part = 0; part < 8; part += 1)
          await times(20, async () => {
            const { socket } = await open(stack);
            socket.terminate();
            await open(stack).then((again) => again.socket.terminate());
          });
      return nothing;
    },
  },
  {
    injects: 'nobody comes any more',
    fires: ['AdmitNoAdmissions'],
    async begin({ stack, traffic }) {
      await times(8, async () => {
        for (let n = 0; n < 40; n += 1) await visit(stack);
      });
      await traffic.pause();
      return async () => traffic.resume();
    },
  },
];
