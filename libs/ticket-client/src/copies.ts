import { reasonRow } from '@admit-one/core';
import type { TicketReply } from './protocol.ts';

/** What became of one copy of a command. `lost`: it has no usable reply. `unreachable`: nor will another copy have one. */
export type CopyResult = TicketReply | 'lost' | 'unreachable';

/** The copies of one idempotent command that are under way. */
export interface Copies {
  add(copy: Promise<CopyResult>): void;
  /**
   * Waits for the first reply that settles the command, or until every copy is done. A failure of the infrastructure
   * settles it only if no other copy is under way. Rejects with the error of a copy.
   * @returns undefined when the time is over
   */
  settledWithin(ms: number): Promise<CopyResult | undefined>;
  /** The last failure of the infrastructure that a copy was answered with, once. */
  takeFailure(): TicketReply | undefined;
}

export function createCopies(): Copies {
  const results: Promise<CopyResult>[] = [];
  let underWay = 0;
  let failure: TicketReply | undefined;
  let wake = () => {};

  function add(copy: Promise<CopyResult>): void {
    underWay += 1;
    const done = () => {
      underWay -= 1;
      results.push(copy);
      wake();
    };
    copy.then(done, done);
  }

  async function settledWithin(ms: number): Promise<CopyResult | undefined> {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      wake();
    }, ms);
    try {
      for (;;) {
        for (const settled of results.splice(0)) {
          const result = await settled;
          if (result === 'unreachable') return result;
          if (result === 'lost') continue;
          if (isDecided(result)) return result;
          failure = result;
        }
        if (results.length > 0) continue;
        if (underWay === 0) return takeFailure() ?? 'lost';
        if (isOver) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  function takeFailure(): TicketReply | undefined {
    const taken = failure;
    failure = undefined;
    return taken;
  }

  return { add, settledWithin, takeFailure };
}

/** Whether the ticket itself was decided on. Otherwise another copy may still succeed. */
function isDecided(reply: TicketReply): boolean {
  return reply.kind === 'accepted' || reasonRow(reply.reason).fault !== 'infrastructure';
}
