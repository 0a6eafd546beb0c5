import { openNatsBus } from '@admit-one/adapter-nats';
import { type EventType, eventCatalogue, type NewEvent, newId, numbered } from '@admit-one/core';
import { signBreakGlassToken } from '@admit-one/identity';
import { asRole } from '@admit-one/testkit';
import { type Cause, nothing, runSql, type Scene } from './cause.ts';

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
    onDiagnostic: () => {},
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

/** What the audit log finds in the events themselves. */
export const auditLogCauses: readonly Cause[] = [
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
];
