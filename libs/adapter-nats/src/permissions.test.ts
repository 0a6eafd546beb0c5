import {
  asRole,
  missingEngines,
  type NatsEngine,
  type NatsRole,
  natsRoles,
  startNatsWithRoles,
} from '@admit-one/testkit';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOptions } from './connection/settings.ts';
import { mayPublish, maySubscribe } from './inspect/permissions.ts';

const missing = missingEngines('nats');

/** Who may publish to a subject, and who may subscribe to it. Every other role is refused. */
interface Row {
  readonly subject: string;
  readonly publish?: readonly NatsRole[];
  readonly subscribe?: readonly NatsRole[];
}

const ownInboxes = natsRoles.map((role): Row => ({ subject: `_INBOX.${role}.x`, subscribe: [role] }));

const rows: readonly Row[] = [
  { subject: '>' },
  { subject: '_INBOX.>' },
  { subject: '_INBOX.*.*' },
  { subject: '$SYS.REQ.ACCOUNT.PING' },
  ...ownInboxes,
  ...['reserve', 'exchange', 'confirm', 'release', 'redeem', 'reserve-instance'].map((verb) => ({
    subject: `admit.ticket.${verb}`,
    publish: ['ws-edge', 'gate'] as const,
    subscribe: ['ticket-service'] as const,
  })),
  {
    subject: 'admit.ticket.time',
    publish: ['ws-edge', 'gate', 'audit-service'],
    subscribe: ['ticket-service'],
  },
  { subject: 'admit.backend.close', publish: ['backend'], subscribe: ['ticket-service'] },
  { subject: 'admit.connections.held', publish: ['ws-edge'], subscribe: ['ws-edge'] },
  ...['command', 'renew'].map((name) => ({
    subject: `admit.control.${name}`,
    publish: ['ticket-service'] as const,
    subscribe: ['ws-edge'] as const,
  })),
  { subject: 'admit.control.renewed', publish: ['ws-edge'], subscribe: ['ticket-service'] },
  { subject: 'admit.event.>' },
  { subject: 'admit.event.ticket.consumed', publish: ['ticket-service'] },
  { subject: 'admit.event.ticket.revoked', publish: ['ticket-service'] },
  { subject: 'admit.event.session.revoked', publish: ['ticket-service'] },
  { subject: 'admit.event.store.started', publish: ['ticket-service'] },
  { subject: 'admit.event.store.acknowledged', publish: ['ticket-service'] },
  { subject: 'admit.event.issuance.rejected', publish: ['ticket-service'] },
  { subject: 'admit.event.handshake.rejected', publish: ['ticket-service', 'ws-edge'] },
  { subject: 'admit.event.connection.closed', publish: ['ws-edge'] },
  { subject: 'admit.event.service.alive', publish: ['ticket-service', 'ws-edge', 'audit-service'] },
  { subject: 'admit.event.alert.fired', publish: ['audit-service'] },
  { subject: 'admit.event.audit.accessed', publish: ['audit-service'] },
  { subject: 'admit.event.other.thing' },
  { subject: 'admit.ws.in.chat', publish: ['ws-edge'], subscribe: ['backend'] },
  { subject: 'admit.ws.out.route.chat', publish: ['backend'], subscribe: ['ws-edge'] },
  { subject: 'admit.ws.out.user.main.ceo', publish: ['backend'], subscribe: ['ws-edge'] },
  {
    subject: '$SRV.PING',
    publish: ['operator'],
    subscribe: ['ticket-service', 'ws-edge', 'audit-service'],
  },
  ...['INFO', 'CREATE'].map((call) => ({
    subject: `$JS.API.STREAM.${call}.ADMIT`,
    publish: ['ticket-service', 'ws-edge', 'audit-service', 'operator'] as const,
  })),
  ...['MSG.GET', 'PURGE'].map((call) => ({
    subject: `$JS.API.STREAM.${call}.ADMIT`,
    publish: ['audit-service', 'operator'] as const,
  })),
  ...['UPDATE', 'DELETE', 'MSG.DELETE', 'SNAPSHOT'].map((call) => ({
    subject: `$JS.API.STREAM.${call}.ADMIT`,
    publish: ['operator'] as const,
  })),
  ...['INFO', 'CREATE', 'DURABLE.CREATE', 'MSG.NEXT'].map((call) => ({
    subject: `$JS.API.CONSUMER.${call}.ADMIT.audit`,
    publish: ['audit-service', 'operator'] as const,
  })),
  ...['CREATE', 'DURABLE.CREATE', 'MSG.NEXT', 'DELETE'].map((call) => ({
    subject: `$JS.API.CONSUMER.${call}.ADMIT.thief`,
    publish: ['operator'] as const,
  })),
  { subject: '$JS.ACK.ADMIT.audit.1.1.1.1.0', publish: ['audit-service'] },
];

describe.skipIf(missing)(`deploy/nats/nats.conf${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let nats: NatsEngine;
  const connections = {} as Record<NatsRole, NatsConnection>;

  beforeAll(async () => {
    nats = await startNatsWithRoles();
    for (const role of natsRoles)
      connections[role] = await connect(connectionOptions({ url: asRole(nats.url, role), name: role }));
  });
  afterAll(async () => {
    await Promise.all(Object.values(connections).map((connection) => connection.close()));
    await nats.stop();
  });

  describe.each(rows)('$subject', ({ subject, publish = [], subscribe = [] }) => {
    it.each(natsRoles)('is published to and subscribed to by %s only as far as it needs', async (role) => {
      const connection = connections[role];
      expect(await maySubscribe(connection, subject), 'subscribe').toBe(subscribe.includes(role));
      if (!/[*>]/.test(subject))
        expect(await mayPublish(connection, subject), 'publish').toBe(publish.includes(role));
    });
  });
});
