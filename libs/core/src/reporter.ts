import type { EventData, EventType } from './events/catalogue.ts';
import { MAX_EVENT_BYTES, type NewEvent } from './events/cloud-event.ts';
import { batchesOf, type EncodedEvent, encodeEvent } from './events/encoded-event.ts';
import { type EventStream, REJECTIONS_SHARE } from './ports/bus.ts';
import { publishBatch } from './publish-batch.ts';
import { createRejectionFolding, foldedEvent, isRejected, type RejectionType } from './rejection-folding.ts';
import type { StoreClock } from './store-clock.ts';
import { gatherMsAfter, startWorker } from './worker.ts';

/** An event that a process reports about itself. */
export type Report<Type extends EventType = EventType> = Type extends EventType
  ? {
      readonly type: Type;
      readonly subject: string;
      readonly traceparent: string | null;
      readonly data: EventData<Type>;
    }
  : never;

export interface Reporter {
  /**
   * Numbers the event and queues it for the bus; rejections above a rate, or without room here or in the stream, are counted
   * in one. Never waits, never throws.
   * @param network of a rejection: the network of the client, where it is known
   */
  report(report: Report, network?: string | null): void;
  /**
   * Reports `admit.service.stopped`, and resolves when every event is published. Rejects when the bus does not take
   * them: at the first error, or with a signal, when that aborts.
   */
  stop(signal?: AbortSignal): Promise<void>;
}

export interface ReporterOptions {
  readonly service: string;
  /** The partition key of the events, unique to this run of the process. */
  readonly instance: string;
  readonly events: EventStream;
  readonly clock: StoreClock;
  /** Called with what delays events. */
  readonly onError: (error: unknown) => void;
  /** Called when events are published again. */
  readonly onRecovery?: (() => void) | undefined;
  /** Called with how many events were lost and why: when the bus is back after the buffer was full, when a stop fails, or for one that is too big. */
  readonly onLost: (count: number, because: unknown) => void;
  /** How many connections this process holds. */
  readonly connections?: () => number;
  /** What else the events of this process say of it. */
  readonly about?: () => Pick<EventData<'admit.service.alive'>, 'version' | 'dependencies'>;
  readonly aliveEveryMs?: number;
  /** How long events wait to be sent together; by default, longer where there are many. */
  readonly gatherMs?: number | undefined;
  /**
   * How many events wait while the bus is unavailable, at most half of them rejections. Later ones are lost, which leaves a
   * gap in the sequence; later rejections are counted.
   */
  readonly bufferLimit?: number;
}

const BATCH = 512;

/** Starts the reporter of one instance: reports `admit.service.started`, and `alive` every 10 s. */
export function startReporter(options: ReporterOptions): Reporter {
  const { service, instance, events, clock, onError, onRecovery, onLost } = options;
  const { connections = () => 0, about = () => ({}), aliveEveryMs = 10_000, bufferLimit = 20_000 } = options;
  const waiting: EncodedEvent[] = [];
  const folding = createRejectionFolding<Report<RejectionType>>();
  let waitingRejections = 0;
  let sequence = 0;
  let dropped = 0;
  let lastBatch = 0;
  let stopping: Promise<void> | undefined;
  const startedAt = clock.now();

  const worker = startWorker({
    work: sendSome,
    idleMs: aliveEveryMs,
    gatherMs: () => options.gatherMs ?? gatherMsAfter(lastBatch),
    onError,
    onRecovery,
  });

  async function sendSome(): Promise<boolean> {
    reportFolds(false);
    const sending = waiting.slice(0, BATCH);
    lastBatch = sending.length;
    if (sending.length === 0) return false;
    await Promise.all(batchesOf(sending).map((batch) => publishBatch(events, batch, lose)));
    waiting.splice(0, sending.length);
    waitingRejections -= sending.filter(isRejected).length;
    if (dropped > 0) onLost(dropped, tooLong());
    dropped = 0;
    if (waiting.length > 0) worker.wake();
    return waiting.length >= (stopping ? 1 : BATCH);
  }

  function report(report: Report, network: string | null = null): void {
    if (isRejected(report)) {
      if (folding.bySource(report, network, clock.now())) return;
      if (waitingRejections >= bufferLimit / 2 || events.fillRatio >= REJECTIONS_SHARE) {
        folding.byReason(report, clock.now());
        return;
      }
    }
    enqueue(report);
  }

  /** Reports what has been counted and is due; while it finds no room, it goes on counting. */
  function reportFolds(all: boolean): void {
    for (let fold = folding.take(all); fold; fold = folding.take(all)) {
      if (all || waitingRejections < bufferLimit / 2) enqueue(foldedEvent(fold, instance));
      else folding.putBack(fold);
    }
  }

  function enqueue(report: Report): void {
    sequence += 1;
    const { type } = report;
    const event: NewEvent = { source: instance, time: clock.now(), ...report };
    const encoded = encodeEvent(event, instance, sequence);
    if (encoded.json.byteLength > MAX_EVENT_BYTES)
      onLost(1, new Error(`${type} is larger than ${MAX_EVENT_BYTES} bytes`));
    else if (waiting.length < bufferLimit || type === 'admit.service.stopped') {
      waiting.push(encoded);
      if (isRejected(report)) waitingRejections += 1;
    } else drop();
    worker.wake();
  }

  function lose({ type, json }: EncodedEvent, error: unknown): void {
    onLost(1, new Error(`${type} of ${json.byteLength} bytes is too big for the bus`, { cause: error }));
  }

  /** Reports the first loss at once; the count follows when the bus is back. */
  function drop(): void {
    if (dropped === 0) onError(tooLong());
    dropped += 1;
  }

  function tooLong(): Error {
    return new Error(
      `the bus has been away for too long: ${bufferLimit} events wait, and later ones are lost`,
    );
  }

  function reportSelf(type: 'admit.service.started' | 'admit.service.alive' | 'admit.service.stopped'): void {
    const data = { service, lastSequence: sequence + 1, connections: connections(), startedAt, ...about() };
    report({ type, subject: instance, traceparent: null, data });
  }

  reportSelf('admit.service.started');
  const heartbeat = setInterval(() => reportSelf('admit.service.alive'), aliveEveryMs);
  heartbeat.unref();

  return {
    report,
    stop(signal) {
      stopping ??= stop(signal);
      return stopping;
    },
  };

  async function stop(signal?: AbortSignal): Promise<void> {
    clearInterval(heartbeat);
    reportFolds(true);
    reportSelf('admit.service.stopped');
    try {
      await worker.stop(signal);
    } catch (error) {
      onLost(waiting.length + dropped, error);
      throw error;
    }
  }
}
