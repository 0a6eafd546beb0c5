import { setTimeout as elapse } from 'node:timers/promises';
import { openNatsBus } from '@admit-one/adapter-nats';
import { openAuditLog, openPostgres, type Sql } from '@admit-one/adapter-postgres';
import {
  type AuditLog,
  type Bus,
  eventCatalogue,
  type NewEvent,
  newId,
  numbered,
  type ReceivedEvent,
} from '@admit-one/core';
import {
  eventually,
  type FaultProxy,
  type NatsEngine,
  startFaultProxy,
  startIdentityProvider,
  startNats,
  startPostgres,
} from '@admit-one/testkit';
import { expect, onTestFinished } from 'vitest';
import { type ServiceProcess, startService } from '../stack/service-process.ts';
import type { Variables } from '../stack/stack.ts';
import { shortenRedelivery } from './redelivery.ts';

/** Between two messages: far from what the service can store. */
const PACE_MS = 10;

/** How many places a failure lists. */
const LISTED = 5;

/** The place of an event: its partition key and sequence. */
export function placeOf({
  partitionkey,
  sequence,
}: Pick<ReceivedEvent, 'partitionkey' | 'sequence'>): string {
  return `${partitionkey} ${Number(sequence)}`;
}

/** An audit-service in its own process, on NATS and PostgreSQL that it reaches by links that break on demand. */
export interface AuditStack {
  readonly toNats: FaultProxy;
  readonly toPostgres: FaultProxy;
  readonly nats: NatsEngine;
  readonly audit: ServiceProcess;
  readonly databaseUrl: string;
  /** Beside the service, for what tests look at. */
  readonly sql: Sql;
  readonly auditLog: AuditLog;
  readonly bus: Bus;
  /** Starts another audit-service, on engines that do not break. */
  startAnother(): Promise<ServiceProcess>;
  /** Asks the audit API, of the first service or another. */
  ask<Reply>(path: string, service?: ServiceProcess): Promise<Reply>;
  /** Publishes events of its own until it is stopped, or the test ends, and gives them with what the stream says of their positions. */
  keepPublishing(): { stop(): Promise<readonly ReceivedEvent[]> };
  /** Waits until every event is stored, once and at the position that it has in the stream. */
  expectStored(events: readonly ReceivedEvent[]): Promise<void>;
  stop(): Promise<void>;
}

/** @param more variables of each audit-service */
export async function startAuditStack(more: Variables = {}): Promise<AuditStack> {
  const [nats, postgres, operators] = await Promise.all([
    startNats(),
    startPostgres(),
    startIdentityProvider({ audience: 'admit-one-audit' }),
  ]);
  const databaseUrl = await postgres.createDatabase();
  const bus = await openNatsBus({ url: nats.url, name: 'test', onError: ignore, onDiagnostic: ignore });
  await shortenRedelivery(bus.requests);
  const [toNats, toPostgres] = await Promise.all([startFaultProxy(nats), startFaultProxy(postgres)]);
  const variables = {
    ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1', SHUTDOWN_SECONDS: '5' },
    ...{ OPERATOR_ISSUER: operators.issuer, OPERATOR_JWKS_URL: operators.jwksUrl },
    ...more,
  };
  const audit = await startService('audit-service', {
    ...variables,
    NATS_URL: toNats.url(nats.url),
    DATABASE_URL: toPostgres.url(databaseUrl),
  });
  await audit.ready();
  const sql = openPostgres({ url: databaseUrl, applicationName: 'test', poolSize: 4, onError: ignore });
  const auditLog = await openAuditLog(sql);
  /** The position of each event, by its place, as another consumer of the stream sees it. */
  const positions = new Map<string, string>();
  await bus.events.consume('witness', async (deliveries) => {
    for (const { body, position } of deliveries)
      for (const [index, event] of (JSON.parse(Buffer.from(body).toString()) as ReceivedEvent[]).entries())
        positions.set(placeOf(event), `${position.sequence}.${index}`);
  });
  const others: ServiceProcess[] = [];

  return {
    toNats,
    toPostgres,
    nats,
    audit,
    databaseUrl,
    sql,
    auditLog,
    bus,
    async startAnother() {
      const another = await startService('audit-service', {
        ...variables,
        NATS_URL: nats.url,
        DATABASE_URL: databaseUrl,
      });
      others.push(another);
      await another.ready();
      return another;
    },
    async ask<Reply>(path: string, service = audit) {
      const authorization = `Bearer ${await operators.token({ sub: 'operator', scope: 'audit:read' })}`;
      const response = await fetch(`${service.url}/api/v1/audit/${path}`, { headers: { authorization } });
      return (await response.json()) as Reply;
    },
    keepPublishing() {
      let stopped = false;
      const partitionkey = `edge-${newId()}`;
      const events: ReceivedEvent[] = [];
      const publishing = (async () => {
        while (!stopped) {
          const batch = [1, 2, 3].map((n) => rejectionOf(partitionkey, events.length + n));
          await publish(bus, batch);
          events.push(...batch);
          await elapse(PACE_MS);
        }
      })();
      async function stop() {
        stopped = true;
        await publishing;
        return events;
      }
      onTestFinished(async () => void (await stop()));
      return { stop };
    },
    async expectStored(events) {
      await eventually(
        async () => {
          const rows = await sql.query<{ place: string; position: string }>(
            `SELECT partition_key || ' ' || sequence AS place, stream_sequence || '.' || batch_index AS position
             FROM event WHERE partition_key = ANY (string_to_array($1, ' '))`,
            [[...new Set(events.map(({ partitionkey }) => partitionkey))].join(' ')],
          );
          const stored = new Set(rows.map(({ place, position }) => `${place} at ${position}`));
          const expected = events.map((event) => `${placeOf(event)} at ${positions.get(placeOf(event))}`);
          expect(expected.filter((place) => !stored.has(place)).slice(0, LISTED)).toEqual([]);
          expect(rows).toHaveLength(events.length);
        },
        { what: 'every event once, at its position', everyMs: 250 },
      );
    },
    async stop() {
      await bus.close();
      await toNats.heal();
      await toPostgres.heal();
      await Promise.all([audit, ...others].map((service) => service.stop()));
      await auditLog.close();
      await Promise.all([toNats.close(), toPostgres.close()]);
      await Promise.all([nats.stop(), postgres.stop(), operators.close()]);
    },
  };
}

/** A rejection of a handshake, as an edge reports it. */
export function rejectionOf(partitionkey: string, sequence: number): ReceivedEvent {
  const type = 'admit.handshake.rejected';
  const { example: data } = eventCatalogue[type];
  const event = { type, source: partitionkey, subject: newId(), time: Date.now(), traceparent: null, data };
  return numbered(event as NewEvent, partitionkey, sequence);
}

/** Publishes events of one type in one message. */
export function publish({ events: stream }: Bus, events: readonly ReceivedEvent[]): Promise<void> {
  return stream.publish(
    events.map((event) => {
      const { type, partitionkey, sequence } = event;
      return { type, partitionkey, sequence, json: Buffer.from(JSON.stringify(event)) };
    }),
  );
}

/** The engines' own failures are what a test makes. */
function ignore(): void {}
