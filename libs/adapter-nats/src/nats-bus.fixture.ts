import { randomBytes } from 'node:crypto';
import {
  type Bus,
  type Delivery,
  type Diagnostic,
  type EncodedEvent,
  type EventPlace,
  encodeEvent,
  type NewEvent,
  newId,
} from '@admit-one/core';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { onTestFinished } from 'vitest';
import { type NatsBusOptions, openNatsBus } from './open-nats-bus.ts';

/** A bus that is closed after the test, with what it told. */
export interface ObservedBus extends Bus {
  readonly errors: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export async function openBus(url: string, options: Partial<NatsBusOptions> = {}): Promise<ObservedBus> {
  const errors: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const bus = await openNatsBus({
    url,
    name: 'test',
    onError: (error) => errors.push(String(error)),
    onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    ...options,
  });
  onTestFinished(() => bus.close());
  return Object.defineProperties(bus as ObservedBus, {
    errors: { value: errors },
    diagnostics: { value: diagnostics },
  });
}

/** Any NATS client, which is closed after the test. */
export async function connectBare(url: string): Promise<NatsConnection> {
  const nc = await connect({ servers: url.replace('nats://', '') });
  onTestFinished(() => nc.close());
  return nc;
}

/** The first event of a new partition key. */
export function newEvent(data: Readonly<Record<string, unknown>> = {}): EncodedEvent {
  const event = { type: 'admit.connection.closed', source: 'test', subject: newId() } as const;
  return encodeEvent(
    { ...event, time: Date.now(), traceparent: null, data } as unknown as NewEvent,
    newId(),
    1,
  );
}

/** A text that takes about so many bytes also when it is compressed. */
export function noise(bytes: number): string {
  return randomBytes(bytes).toString('base64');
}

/** Takes all deliveries, and knows how often each event came. */
export function inbox() {
  const counts = new Map<string, number>();
  const sizes: number[] = [];
  return {
    /** How many messages came in each call. */
    sizes: sizes as readonly number[],
    count: ({ partitionkey }: EventPlace) => counts.get(partitionkey) ?? 0,
    has: (events: readonly EventPlace[]) => events.every(({ partitionkey }) => counts.has(partitionkey)),
    async handler(deliveries: readonly Delivery[]): Promise<void> {
      sizes.push(deliveries.length);
      for (const { partitionkey } of deliveries.flatMap(eventsIn))
        counts.set(partitionkey, (counts.get(partitionkey) ?? 0) + 1);
    },
  };
}

function eventsIn({ body }: Delivery): readonly EventPlace[] {
  return JSON.parse(Buffer.from(body).toString());
}
