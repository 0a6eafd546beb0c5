import type { NewEvent } from '../events/cloud-event.ts';
import type { Reason } from '../reasons.ts';
import { NO_TICKET, type TicketState } from '../ticket/state.ts';
import { T0 } from '../ticket/ticket.fixture.ts';
import type {
  AppendResult,
  EventRecord,
  InspectedTicket,
  LoadedTicket,
  TicketAppend,
  TicketStore,
} from './ticket-store.ts';

interface Held {
  readonly version: string;
  readonly state: TicketState;
  readonly retainUntil: number;
}

/** A ticket store that keeps its port's promises, shows what was written, and lets a test step in between. */
export class TestStore implements TicketStore {
  now = T0;
  loads = 0;
  readonly appended: TicketAppend[] = [];
  readonly recorded: NewEvent[] = [];
  readonly #records = new Set<string>();
  /** Runs at the beginning of each call: may change the store, or throw in its place. */
  before: {
    load?: () => void;
    append?: (append: TicketAppend) => Promise<void> | void;
    record?: (record: EventRecord) => void;
  } = {};
  readonly #tickets = new Map<string, Held>();
  readonly #rejections = new Map<string, Reason>();
  readonly #revoked = new Map<string, number>();
  #versions = 0;

  async load(ticketId: string): Promise<LoadedTicket> {
    this.before.load?.();
    this.loads += 1;
    const held = this.#held(ticketId);
    return { version: held?.version ?? null, state: held?.state ?? NO_TICKET, now: this.now };
  }

  async append(append: TicketAppend): Promise<AppendResult> {
    await this.before.append?.(append);
    const { ticketId, expectedVersion, state, retainUntil, guards, fences } = append;
    if ((this.#held(ticketId)?.version ?? null) !== expectedVersion) return { ok: false, because: 'version' };
    const guard = [...guards, ...fences].find(
      ({ subject, notSince }) => (this.#revoked.get(subject) ?? -1) >= notSince,
    );
    if (guard) return { ok: false, because: 'revoked', subject: guard.subject };
    this.appended.push(append);
    return { ok: true, version: this.put(ticketId, state, retainUntil), now: this.now };
  }

  async record(record: EventRecord): Promise<void> {
    this.before.record?.(record);
    const { ticketId, key, event, rejection } = record;
    if (this.#records.has(`${ticketId}:${key}`)) return;
    this.#records.add(`${ticketId}:${key}`);
    this.recorded.push(event);
    if (rejection && this.#held(ticketId)) this.#rejections.set(ticketId, rejection);
  }

  async inspect(ticketId: string): Promise<InspectedTicket> {
    const held = this.#held(ticketId);
    return {
      state: held?.state ?? NO_TICKET,
      now: this.now,
      lastRejection: (held && this.#rejections.get(ticketId)) ?? null,
    };
  }

  /** As a control entry does. */
  async revoke(subject: string, at: number): Promise<void> {
    this.#revoked.set(subject, Math.max(at, this.#revoked.get(subject) ?? at));
  }

  async ping(): Promise<{ readonly now: number }> {
    return { now: this.now };
  }

  async close(): Promise<void> {}

  /** Writes a state directly: a caller that loaded the ticket before loses the race. */
  put(ticketId: string, state: TicketState, retainUntil = Number.POSITIVE_INFINITY): string {
    this.#versions += 1;
    const version = `v${this.#versions}`;
    this.#tickets.set(ticketId, { version, state, retainUntil });
    return version;
  }

  #held(ticketId: string): Held | undefined {
    const held = this.#tickets.get(ticketId);
    return held && this.now < held.retainUntil ? held : undefined;
  }
}
