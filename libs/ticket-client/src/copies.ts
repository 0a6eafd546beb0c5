import { type Deadlines, type Expiring, reasonRow } from '@admit-one/core';
import type { TicketReply } from './protocol.ts';

/**
 * What became of one copy of a command. `lost`, `no_responders`: it has no usable reply. `unreachable`: nor will another copy
 * have one.
 */
export type CopyResult = TicketReply | 'lost' | 'no_responders' | 'unreachable';

/** One of the copies. */
export interface Copy {
  readonly isDone: boolean;
}

interface Wait {
  readonly resolve: (result: CopyResult | undefined) => void;
  readonly reject: (thrown: unknown) => void;
}

/** The copies of one idempotent command that are under way. */
export class Copies implements Expiring {
  /** Of the wait for them. */
  endsAt = 0;
  index: number | null = null;
  readonly #waits: Deadlines<Copies>;
  #underWay = 0;
  #settled: TicketReply | 'unreachable' | undefined;
  #failure: TicketReply | undefined;
  #error: { readonly thrown: unknown } | undefined;
  #wait: Wait | undefined;

  /** @param waits those of all commands: one timer serves them */
  constructor(waits: Deadlines<Copies>) {
    this.#waits = waits;
  }

  add(sent: Promise<CopyResult>): Copy {
    const copy = { isDone: false };
    this.#underWay += 1;
    sent.then(
      (result) => {
        this.#take(result);
        this.#end(copy);
      },
      (thrown) => {
        this.#error ??= { thrown };
        this.#end(copy);
      },
    );
    return copy;
  }

  /**
   * Waits for the first reply that settles the command, or until every copy is done. A failure of the infrastructure
   * settles it only if no other copy is under way. Rejects with the error of a copy.
   * @param endsAt by the monotonic clock
   * @returns undefined when the time is over
   */
  settledBy(endsAt: number): Promise<CopyResult | undefined> {
    this.endsAt = endsAt;
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject };
      if (!this.#look()) this.#waits.add(this);
    });
  }

  /** The time of the wait is over. */
  timeOut(): void {
    this.#wait?.resolve(undefined);
    this.#endWait();
  }

  /** The last failure of the infrastructure that a copy was answered with, once. */
  takeFailure(): TicketReply | undefined {
    const taken = this.#failure;
    this.#failure = undefined;
    return taken;
  }

  /** Once: a command that is tried again waits for another. */
  #takeSettled(): TicketReply | 'unreachable' | undefined {
    const taken = this.#settled;
    this.#settled = undefined;
    return taken;
  }

  /** @returns whether nobody waits any more */
  #look(): boolean {
    const wait = this.#wait;
    if (!wait) return true;
    if (this.#error) wait.reject(this.#error.thrown);
    else if (this.#settled) wait.resolve(this.#takeSettled());
    else if (this.#underWay === 0) wait.resolve(this.takeFailure() ?? 'lost');
    else return false;
    this.#endWait();
    return true;
  }

  #endWait(): void {
    this.#wait = undefined;
    this.#waits.delete(this);
  }

  #take(result: CopyResult): void {
    if (result === 'unreachable') this.#settled ??= result;
    else if (typeof result === 'object') {
      if (isDecided(result)) this.#settled ??= result;
      else this.#failure = result;
    }
  }

  #end(copy: { isDone: boolean }): void {
    copy.isDone = true;
    this.#underWay -= 1;
    this.#look();
  }
}

/** Whether the ticket itself was decided on. Otherwise another copy may still succeed. */
function isDecided(reply: TicketReply): boolean {
  return reply.kind === 'accepted' || reasonRow(reply.reason).fault !== 'infrastructure';
}
