import { type Bus, type CloudEvent, type Delivery, type Diagnostic, newId, numbered } from '@admit-one/core';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { onTestFinished } from 'vitest';
import { type NatsBusOptions, openNatsBus } from './nats-bus.ts';

/** A bus that is closed after the test, with what it told. */
export interface ObservedBus extends Bus {
  readonly faults: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

export async function openBus(url: string, options: Partial<NatsBusOptions> = {}): Promise<ObservedBus> {
  const faults: string[] = [];
  const warnings: Diagnostic[] = [];
  const bus = await openNatsBus({
    url,
    name: 'test',
    pingIntervalMs: 500,
    publishTimeoutMs: 1_000,
    onError: (error) => faults.push(String(error)),
    onWarning: (diagnostic) => warnings.push(diagnostic),
    ...options,
  });
  onTestFinished(() => bus.close());
  return Object.defineProperties(bus as ObservedBus, {
    faults: { value: faults },
    warnings: { value: warnings },
  });
}

/** Any NATS client, which is closed after the test. */
export async function connectBare(url: string): Promise<NatsConnection> {
  const nc = await connect({ servers: url.replace('nats://', '') });
  onTestFinished(() => nc.close());
  return nc;
}

/** An event of its own. */
export function newEvent(data: Readonly<Record<string, unknown>> = {}): CloudEvent {
  const event = { id: newId(), type: 'admit.connection.closed', source: 'test', subject: newId() } as const;
  return numbered({ ...event, time: Date.now(), traceparent: null, data }, newId(), 1);
}

/** Takes all deliveries, and knows how often each event came. */
export function inbox() {
  const counts = new Map<string, number>();
  const sizes: number[] = [];
  return {
    /** How many messages came in each call. */
    sizes: sizes as readonly number[],
    count: ({ id }: CloudEvent) => counts.get(id) ?? 0,
    has: (events: readonly CloudEvent[]) => events.every(({ id }) => counts.has(id)),
    async handler(deliveries: readonly Delivery[]): Promise<void> {
      sizes.push(deliveries.length);
      for (const { id } of deliveries.flatMap(eventsIn)) counts.set(id, (counts.get(id) ?? 0) + 1);
    },
  };
}

function eventsIn({ body }: Delivery): readonly CloudEvent[] {
  return JSON.parse(Buffer.from(body).toString());
}
