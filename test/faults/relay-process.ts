import { openNatsBus } from '@admit-one/adapter-nats';
import { openRedisStore } from '@admit-one/adapter-redis';
import {
  createTicketCache,
  type Delivery,
  type EventStream,
  execute,
  newId,
  type Outbox,
  startRelay,
  type TicketStore,
} from '@admit-one/core';
import { nowhere, samplePrincipal } from '@admit-one/testkit';

/** What a relay is about to do. */
export type Step = 'lease' | 'publish' | 'take the acknowledgement' | 'remove' | 'look again';

/** The partition of all tickets of these tests, and how their ids begin. */
export const PARTITION = 3;
const FIRST = 'M';

/** What a ticket-service is to its outbox: it appends and relays, and can be held at a step. */
export interface RelayProcess {
  readonly store: TicketStore;
  readonly outbox: Outbox;
  /** Issues tickets at once, and gives their ids. */
  issue(count: number): Promise<readonly string[]>;
  /** Holds the relay the next time that it comes to a step. Resolves when it has come there. */
  hold(step: Step): Promise<void>;
  release(): void;
  /** Ends it as a kill does: nothing is finished, no lease given back. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRelayProcess(
  redisUrl: string,
  natsUrl: string,
  relays = true,
): Promise<RelayProcess> {
  const quiet = { onError: () => {}, onDiagnostic: () => {} };
  const source = newId();
  const { store, outbox } = await openRedisStore({ url: redisUrl, source, commandTimeoutMs: 2_000 });
  const bus = await openNatsBus({ url: natsUrl, name: 'test', ...quiet });
  let held: { readonly step: Step; come(): void; readonly until: Promise<void>; end(): void } | undefined;
  let killed = false;

  async function pass(step: Step): Promise<void> {
    if (killed) await new Promise(() => {});
    if (held?.step !== step) return;
    held.come();
    await held.until;
  }

  const watched: Outbox = {
    ...outbox,
    async lease(partition, owner, leaseMs) {
      await pass('lease');
      return outbox.lease(partition, owner, leaseMs);
    },
    async remove(partition, through) {
      if (partition === PARTITION) await pass('remove');
      await outbox.remove(partition, through);
      if (partition === PARTITION) await pass('look again');
    },
  };
  const events: EventStream = Object.create(bus.events, {
    publish: {
      async value(batch: Parameters<EventStream['publish']>[0]) {
        const isOurs = batch.some(({ partitionkey }) => partitionkey.startsWith('p03.'));
        if (isOurs) await pass('publish');
        await bus.events.publish(batch);
        if (isOurs) await pass('take the acknowledgement');
      },
    },
  });
  const timing = { leaseMs: 300, pollMs: 50, gatherMs: 5 };
  const options = {
    outbox: watched,
    events,
    owner: source,
    onError: () => {},
    onTooBig: () => {},
    ...timing,
  };
  const relay = relays ? startRelay(options) : undefined;

  function release(): void {
    const { end } = held ?? {};
    held = undefined;
    end?.();
  }

  async function close(): Promise<void> {
    await store.close();
    await bus.close();
  }

  return {
    store,
    outbox,
    issue: (count) => Promise.all(Array.from({ length: count }, () => issueTicket(store, source))),
    hold: (step) =>
      new Promise((come) => {
        let end = () => {};
        const until = new Promise<void>((resolve) => {
          end = resolve;
        });
        held = { step, come, until, end };
      }),
    release,
    async kill() {
      killed = true;
      await close();
    },
    async stop() {
      if (killed) return;
      release();
      await relay?.stop().catch(() => {});
      await close();
    },
  };
}

const clock = { now: Date.now, observe: () => {}, synchronized: true };

async function issueTicket(store: TicketStore, source: string): Promise<string> {
  const ticketId = `${FIRST}${newId()}${newId()}`.slice(0, 43);
  const command = {
    type: 'issue',
    id: newId(),
    principal: samplePrincipal(),
    route: null,
    ttlMs: 600_000,
  } as const;
  const outcome = await execute(
    ticketId,
    { ...command, context: nowhere, deadline: Number.MAX_SAFE_INTEGER },
    // Without a load: what is lost on the way is the append.
    { store, source, cache: createTicketCache({ clock }) },
  );
  if (outcome.kind === 'rejected') throw new Error(`no ticket: ${outcome.reason}`);
  return ticketId;
}

interface Received {
  readonly partitionkey: string;
  readonly sequence: string;
  readonly subject: string;
}

/** Reads the stream to its end, again and again. */
export async function startReader(natsUrl: string) {
  const bus = await openNatsBus({ url: natsUrl, name: 'reader', onError: () => {}, onDiagnostic: () => {} });
  const received = new Map<string, Received>();
  await bus.events.consume('reader', async (deliveries: readonly Delivery[]) => {
    for (const { body } of deliveries)
      for (const event of JSON.parse(Buffer.from(body).toString()) as readonly Received[])
        received.set(`${event.partitionkey}.${event.sequence}`, event);
  });
  const ofPartition = () =>
    [...received.values()].filter(({ partitionkey }) => partitionkey.startsWith('p03.'));
  return {
    subjects: () => new Set(ofPartition().map(({ subject }) => subject)),
    /** Of each epoch, the numbers that are missing below the highest. */
    holes() {
      const numbers = new Map<string, Set<number>>();
      for (const { partitionkey, sequence } of ofPartition())
        numbers.set(partitionkey, (numbers.get(partitionkey) ?? new Set()).add(Number(sequence)));
      return [...numbers.values()].flatMap((known) =>
        Array.from({ length: Math.max(...known) }, (_, n) => n + 1).filter((number) => !known.has(number)),
      );
    },
    close: () => bus.close(),
  };
}
