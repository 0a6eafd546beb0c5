import { createStoreClock } from '@admit-one/core';
import { startClockSync } from './clock-sync.ts';
import { createGate, type Gate, type GateOptions } from './gate.ts';

/** A gate that keeps store time by itself. */
export interface OpenGate extends Gate {
  /** Whether a ticket-service was ever heard: before that, every ticket is refused with 503. For readiness checks. */
  readonly ready: boolean;
  /** Stops keeping time. Whoever opened the bus closes that. */
  close(): void;
}

/** Opens a gate on a bus, whether or not a ticket-service is there yet: it goes on looking for one. */
export async function openGate({
  requests,
  budgets,
}: Pick<GateOptions, 'requests' | 'budgets'>): Promise<OpenGate> {
  const clock = createStoreClock();
  const gate = createGate({ requests, clock, ...(budgets && { budgets }) });
  const close = await startClockSync(gate);
  return {
    ...gate,
    get ready() {
      return clock.synchronized;
    },
    close,
  };
}
