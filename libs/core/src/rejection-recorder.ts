import type { NewEvent } from './events/cloud-event.ts';
import { createExpiringMap } from './expiring-map.ts';
import { type EventStream, REJECTIONS_SHARE } from './ports/bus.ts';
import { type EventRecord, StoreError, type TicketStore } from './ports/ticket-store.ts';
import { createRejectionFolding, FOLD_MS, type Fold, foldedEvent } from './rejection-folding.ts';
import { newId, partitionOf } from './ticket/identifiers.ts';
import { startWorker } from './worker.ts';

/** A rejected command, as it is recorded unless it is folded. */
export interface RejectionRecord extends EventRecord {
  readonly event: NewEvent<'admit.ticket.rejected'>;
}

/** Records rejected commands, however many strangers cause. */
export interface RejectionRecorder {
  /**
   * Records a rejection as an event or in a count: above the rate of its source, and where the outbox or the stream has no
   * room for single rejections. The first of a known ticket and reason in a minute is above no rate: a flood of a source must
   * not hide that another's ticket was replayed from there.
   * @throws {StoreError} `unavailable`: the outcome is then unknown
   */
  record(rejection: RejectionRecord): Promise<void>;
  /** Records what has been counted. Without room for that, rejects: at once, or when the signal aborts. */
  stop(signal?: AbortSignal): Promise<void>;
}

export interface RejectionRecorderOptions {
  readonly store: Pick<TicketStore, 'record'>;
  readonly events: Pick<EventStream, 'fillRatio'>;
  /** The `source` of the events: this instance. */
  readonly source: string;
  /** The network that the client of an address has for itself. */
  readonly networkOf: (address: string) => string;
  /** Called with what delays a count. */
  readonly onError: (error: unknown) => void;
  /** Called when counts are written again. */
  readonly onRecovery?: (() => void) | undefined;
}

/** How long a repeat of a rejection is recognized here: longer than senders retry. The store knows repeats of single ones. */
const REPEAT_MS = 5_000;

/** A failed write of a count is repeated this often, well within the minute in which the store recognizes it. */
const RETRY_MS = 1_000;

/** Starts a recorder. Each fold of a minute becomes one event in the partition of its first rejection. */
export function startRejectionRecorder({
  store,
  events,
  source,
  networkOf,
  onError,
  onRecovery,
}: RejectionRecorderOptions): RejectionRecorder {
  const folding = createRejectionFolding<RejectionRecord['event']>();
  const recorded = createExpiringMap<true>();
  /** The known tickets that had an own event in the last minute, with its reason. */
  const single = createExpiringMap<true>();
  let writing: { readonly fold: Fold<RejectionRecord['event']>; readonly key: string } | undefined;
  let stopping = false;

  const worker = startWorker({ work: writeFold, idleMs: RETRY_MS, onError, onRecovery });

  /** A write of unknown outcome is repeated under its key before anything else. */
  async function writeFold(): Promise<boolean> {
    if (!writing) {
      const fold = folding.take(stopping);
      if (!fold) return false;
      writing = { fold, key: newId() };
    }
    const { fold, key } = writing;
    const event = { ...foldedEvent(fold, source), time: fold.lastAt };
    try {
      await store.record({ ticketId: fold.first.subject, key, event, work: 'folded' });
    } catch (error) {
      if (!isFull(error)) throw error;
      folding.putBack(fold);
      writing = undefined;
      if (stopping)
        throw new StoreError('outbox_full', `the count of ${fold.count} rejections was not written`, {
          cause: error,
        });
      return true;
    }
    writing = undefined;
    return true;
  }

  /** Tickets that are known have been issued: there are no more of them than events of that. */
  function isFirstOfTicket({ ticketId, event: { data } }: RejectionRecord): boolean {
    if (data.principal === null) return false;
    const now = performance.now();
    const key = `${data.reason} ${ticketId}`;
    if (single.get(key, now)) return false;
    single.set(key, true, now + FOLD_MS, now);
    return true;
  }

  /** False where the stream or the outbox has no room for single rejections. */
  async function recordSingle(rejection: RejectionRecord): Promise<boolean> {
    if (events.fillRatio >= REJECTIONS_SHARE) return false;
    try {
      await store.record(rejection);
      return true;
    } catch (error) {
      if (isFull(error)) return false;
      throw error;
    }
  }

  return {
    async record(rejection) {
      const { ticketId, key, event } = rejection;
      const id = `${ticketId}:${key}`;
      const isRepeat = () => recorded.get(id, performance.now()) === true;
      if (isRepeat()) return;
      const { address } = event.data.context;
      const network = address === null ? null : networkOf(address);
      const isFolded = !isFirstOfTicket(rejection) && folding.bySource(event, network, event.time);
      if (!isFolded && !(await recordSingle(rejection)) && !isRepeat())
        folding.byReason(event, event.time, partitionOf(ticketId));
      const now = performance.now();
      recorded.set(id, true, now + REPEAT_MS, now);
    },
    stop(signal) {
      stopping = true;
      return worker.stop(signal);
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'outbox_full';
}
