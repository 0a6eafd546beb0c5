import { BusError, handshakeKeyOf, type RequestReply } from '@admit-one/core';
import { newWebSocketKey } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { type Broken, withoutAdmissions, withoutVersionCheck } from '../model/properties/broken-stores.ts';
import { type Composition, type InProcess, startInProcess } from './in-process.ts';
import { admissionsOf, presentAll } from './load-generator.ts';
import { tryOnce } from './presenting.ts';

async function start(composition: Composition): Promise<InProcess> {
  const running = await startInProcess(composition);
  onTestFinished(() => running.stop());
  return running;
}

/** The most that one ticket has admitted under load. */
async function mostAdmissions(store: Broken): Promise<number> {
  const running = await start({ store });
  const { issue } = running;
  const passes = { uses: 5, sharesKey: () => true };
  const fights = await presentAll(running, { tickets: 40, atATime: 4, issue, ...passes });
  return Math.max(...fights.map(admissionsOf));
}

test('a load of passes finds that one is admitted', async () => {
  expect(await mostAdmissions(() => ({}))).toBe(1);
});

test.each([
  { guard: 'the version check of an append', broken: withoutVersionCheck },
  { guard: 'the connection in a confirm', broken: withoutAdmissions },
])('a load of passes finds that more are admitted without $guard', async ({ broken }) => {
  expect(await mostAdmissions(broken)).toBeGreaterThan(1);
});

type Request = { readonly command: string; readonly handshake: string };

/** Loses the first reply to each command. @param retried what is sent in the place of a command that comes again */
function losingReplies(retried: (request: Request) => Request): (requests: RequestReply) => RequestReply {
  return (requests) => {
    const lost = new Set<string>();
    return {
      ...requests,
      async request(subject, body, timeoutMs) {
        const { command } = body as Partial<Request>;
        if (command === undefined) return requests.request(subject, body, timeoutMs);
        if (lost.has(command)) return requests.request(subject, retried(body as Request), timeoutMs);
        lost.add(command);
        await requests.request(subject, body, timeoutMs);
        throw new BusError('timeout', 'the reply was lost');
      },
    };
  };
}

/** What becomes of somebody whose every first reply is lost. */
async function outcomeOverLossyLink(retried: (request: Request) => Request) {
  const running = await start({ requests: losingReplies(retried) });
  const { ticket } = await running.issue();
  return tryOnce(running, { ticket, edge: 0 });
}

test('who retries with the same handshake key is admitted over a link that loses replies', async () => {
  expect(await outcomeOverLossyLink((request) => request)).toBe('admitted');
});

test('who retries with a new handshake key is locked out', async () => {
  const retried = (request: Request) => ({ ...request, handshake: handshakeKeyOf(newWebSocketKey()) });
  expect(await outcomeOverLossyLink(retried)).toBe('rejected');
});
