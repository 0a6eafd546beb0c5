import {
  batchesOf,
  byteLength,
  type CloudEvent,
  MAX_EVENT_BYTES,
  type NewEvent,
  numbered,
} from './events/cloud-event.ts';
import type { EventType } from './events/event-types.ts';
import type { EventStream } from './ports/bus.ts';
import { startPump } from './pump.ts';
import type { StoreClock } from './store-clock.ts';
import { newId } from './ticket/identifiers.ts';

/** An event that a process reports of itself. */
export interface Report {
  readonly type: EventType;
  readonly subject: string;
  readonly traceparent: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Reporter {
  /** Numbers the event and sends it when the bus takes it. Never waits, never throws. */
  report(report: Report): void;
  /** Says `admit.service.stopped`, and resolves when everything is out. */
  stop(): Promise<void>;
}

export interface ReporterOptions {
  readonly service: string;
  /** The partition key of the events, unique to this run of the process. */
  readonly instance: string;
  readonly events: EventStream;
  readonly clock: StoreClock;
  readonly onFault: (error: unknown) => void;
  /** How many connections this process holds. */
  readonly connections?: () => number;
  readonly aliveEveryMs?: number;
  /** How many events wait for a bus that is away; later ones are lost, and the gap in the sequence says so. */
  readonly bufferLimit?: number;
}

const BATCH = 512;

/** Starts the reporting of one instance with `admit.service.started`; says `alive` every 10 s. */
export function startReporter(options: ReporterOptions): Reporter {
  const { service, instance, events, clock, onFault } = options;
  const { connections = () => 0, aliveEveryMs = 10_000, bufferLimit = 20_000 } = options;
  const waiting: CloudEvent[] = [];
  let sequence = 0;
  let stopping: Promise<void> | undefined;

  const pump = startPump({ work: sendSome, idleMs: aliveEveryMs, onFault });

  async function sendSome(): Promise<boolean> {
    const sending = waiting.slice(0, BATCH);
    await Promise.all(batchesOf(sending).map((batch) => events.publish(batch)));
    waiting.splice(0, sending.length);
    return waiting.length > 0;
  }

  function report({ type, subject, traceparent, data }: Report): void {
    sequence += 1;
    const event = { id: newId(), type, source: instance, subject, time: clock.now(), traceparent, data };
    const fault = faultOf(event);
    if (fault) onFault(new Error(`${type} was lost: ${fault}`));
    else waiting.push(numbered(event, instance, sequence));
    pump.wake();
  }

  function faultOf(event: NewEvent): string | undefined {
    if (waiting.length >= bufferLimit) return 'the bus has been away for too long';
    if (byteLength(event) > MAX_EVENT_BYTES) return `it is larger than ${MAX_EVENT_BYTES} bytes`;
    return undefined;
  }

  function reportSelf(type: EventType): void {
    const data = { service, lastSequence: sequence + 1, connections: connections() };
    report({ type, subject: instance, traceparent: null, data });
  }

  reportSelf('admit.service.started');
  const heartbeat = setInterval(() => reportSelf('admit.service.alive'), aliveEveryMs);
  heartbeat.unref();

  return {
    report,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };

  async function stop(): Promise<void> {
    clearInterval(heartbeat);
    reportSelf('admit.service.stopped');
    await pump.stop();
  }
}
