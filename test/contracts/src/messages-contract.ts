import type { Bus } from '@admit-one/core';
import { closedAfterTest, describeContract, type Skips } from './contract.ts';
import { deliveryTests } from './messages/delivery.ts';
import { subjectTests } from './messages/subjects.ts';
import { unsubscribeTests } from './messages/unsubscribe-and-close.ts';

export interface MessagesContractOptions {
  /** Opens a bus that others may use too: each test has its own subjects. */
  readonly open: () => Promise<Bus>;
  readonly skips?: Skips;
}

/** What plain publish and subscribe promises on every bus. */
export function messagesContract(name: string, { open, skips }: MessagesContractOptions): void {
  const subject = { open: closedAfterTest(open, (bus) => bus.close()) };
  describeContract({
    title: `the messages of ${name} keep their contract`,
    chapters: {
      delivery: deliveryTests,
      subjects: subjectTests,
      'unsubscribe and close': unsubscribeTests,
    },
    skips,
    subject: () => subject,
  });
}
