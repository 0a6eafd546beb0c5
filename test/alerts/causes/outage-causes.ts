import { randomBytes } from 'node:crypto';
import { eventually } from '@admit-one/testkit';
import { events } from '../../stack/audit-log.ts';
import { logOut } from '../../stack/control.ts';
import { startService } from '../../stack/service-process.ts';
import { ask, open, present, repeat, times, visit } from '../traffic.ts';
import { type Cause, nothing, type Scene } from './cause.ts';

/** What spends the error budgets while requests fail. */
const burns = [
  'AdmitAvailabilityBurn',
  'AdmitAvailabilitySlowBurn',
  'AdmitFailureTrickle',
  'AdmitSuccessBurn',
] as const;

/** Another ticket-service, configured badly, which is asked for tickets. */
async function besides(scene: Scene, variables: Record<string, string>, atOnce: number) {
  const { stack } = scene;
  const service = await startService('ticket-service', {
    ...stack.variables['ticket-service'],
    ...variables,
  });
  const asking = repeat(200, () =>
    times(atOnce, () => ask({ tickets: service.url, users: stack.users }).catch(() => {})),
  );
  return async () => {
    await asking.stop();
    await service.stop();
  };
}

/** What breaks on our side. */
export const outageCauses: readonly Cause[] = [
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
    begin: (scene) => besides(scene, { OUTBOX_SOFT_BOUND: '1' }, 20),
  },
  {
    // The events of an edge that stays cut off wait in it: the log learns of its rejections when the link is back.
    injects: 'the link of an edge to the bus breaks again and again',
    fires: burns,
    mayFire: ['AdmitAdmissionsFailing', 'AdmitLogFreshnessBurn'],
    async begin({ stack, edgeLink }) {
      const breaking = repeat(0, async () => {
        const from = new Date().toISOString();
        edgeLink.refuse();
        edgeLink.cut();
        await times(10, () => visit(stack, 1).catch(nothing));
        await edgeLink.heal();
        const rejected = () => events(stack, { reason: 'ticket_service_unavailable', from });
        await eventually(async () => (await rejected()).length > 0, { what: 'the rejections', everyMs: 250 });
      });
      return breaking.stop;
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
    // Their relays stand still too.
    mayFire: ['AdmitLogFreshnessBurn', 'AdmitNoAdmissions', ...burns],
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
      const asking = repeat(200, () => ask(stack));
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
    injects: 'a session ends while an edge is cut off from the bus',
    fires: ['AdmitControlUnconfirmed'],
    mayFire: ['AdmitEdgeLost'],
    async begin({ stack, edgeLink }) {
      edgeLink.refuse();
      edgeLink.cut();
      await logOut(stack, await stack.users.token());
      return () => edgeLink.heal();
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
      return crashing.stop;
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
];
