import { closedAfterTest, describeContract, type Skips } from './contract.ts';
import { appendTests } from './ticket-store/append.ts';
import { atomicityTests } from './ticket-store/atomicity.ts';
import { boundTests } from './ticket-store/bounds.ts';
import { clockTests } from './ticket-store/clock-and-close.ts';
import { controlTests } from './ticket-store/control.ts';
import { inspectTests } from './ticket-store/inspect.ts';
import { leaseTests } from './ticket-store/leases.ts';
import { numberingTests } from './ticket-store/numbering.ts';
import { outboxTests } from './ticket-store/outbox.ts';
import { recordTests } from './ticket-store/record.ts';
import { revocationTests } from './ticket-store/revocation.ts';
import type { StoreBounds, TicketStoreEngine } from './ticket-store/subject.ts';
import { usageTests } from './ticket-store/usage.ts';

export interface TicketStoreContractOptions {
  /**
   * Opens a store in its own epoch, which nothing else uses meanwhile. Tests open one at a time, and close it.
   * Without bounds, each outbox has room for at least 1,000 events.
   */
  readonly open: (bounds?: StoreBounds) => Promise<TicketStoreEngine>;
  /** Opens the same engine, as it is after a loss of acknowledged writes: in the next epoch. */
  readonly openAfterLoss: () => Promise<TicketStoreEngine>;
  readonly skips?: Skips;
}

/** What every ticket store promises, together with its outbox. */
export function ticketStoreContract(name: string, options: TicketStoreContractOptions): void {
  const { open, openAfterLoss, skips } = options;
  const close = ({ store }: TicketStoreEngine) => store.close();
  const subject = {
    open: closedAfterTest(open, close),
    openAfterLoss: closedAfterTest(openAfterLoss, close),
  };
  describeContract({
    title: `the ticket store of ${name} keeps its contract`,
    chapters: {
      append: appendTests,
      atomicity: atomicityTests,
      numbering: numberingTests,
      record: recordTests,
      inspect: inspectTests,
      revocation: revocationTests,
      'control entries': controlTests,
      outbox: outboxTests,
      leases: leaseTests,
      bounds: boundTests,
      usage: usageTests,
      'clock and close': clockTests,
    },
    skips,
    subject: () => subject,
  });
}
