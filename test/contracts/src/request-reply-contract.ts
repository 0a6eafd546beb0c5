import type { Bus } from '@admit-one/core';
import { closedAfterTest, describeContract, type Skips } from './contract.ts';
import { answerTests } from './request-reply/answers.ts';
import { silenceTests } from './request-reply/silence.ts';
import { stopTests } from './request-reply/stop-and-close.ts';

export interface RequestReplyContractOptions {
  /** Opens a bus that others may use too: each test has its own subjects. */
  readonly open: () => Promise<Bus>;
  readonly skips?: Skips;
}

/** What requests and replies promise on every bus. */
export function requestReplyContract(name: string, { open, skips }: RequestReplyContractOptions): void {
  const subject = { open: closedAfterTest(open, (bus) => bus.close()) };
  describeContract({
    title: `request and reply of ${name} keep their contract`,
    chapters: { answers: answerTests, silence: silenceTests, 'stop and close': stopTests },
    skips,
    subject: () => subject,
  });
}
