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

/** A wait for the copies of a command. */
export interface CopiesWait extends Expiring {
  /** Its time is over. */
  end(): void;
}

/** The copies of one idempotent command that are under way. */
export class Copies {
  readonly #waits: Deadlines<CopiesWait>;
  #underWay = 0;
  #settled: TicketReply | 'unreachable' | undefined;
  #failure: TicketReply | undefined;
  #error: { readonly thrown: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param waits those of all commands: one timer serves them */
  constructor(waits: Deadlines<CopiesWait>) {
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
    return new Promise((resolve, reject) => {
      const wait: CopiesWait = {
        endsAt,
        end: () => {
          this.#wake = undefined;
          resolve(undefined);
        },
      };
      const look = () => {
        if (this.#error) reject(this.#error.thrown);
        else if (this.#settled) resolve(this.#takeSettled());
        else if (this.#underWay === 0) resolve(this.takeFailure() ?? 'lost');
        else return false;
        return true;
      };
      if (look()) return;
      this.#wake = () => {
        if (!look()) return;
        this.#wake = undefined;
        this.#waits.delete(wait);
      };
      this.#waits.add(wait);
    });
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
    this.#wake?.();
  }
}

/** Whether the ticket itself was decided on. Otherwise another copy may still succeed. */
function isDecided(reply: TicketReply): boolean {
  return reply.kind === 'accepted' || reasonRow(reply.reason).fault !== 'infrastructure';
}
