import {
  execute,
  newId,
  newTicket,
  type Outcome,
  proofOf,
  type TicketCommand,
  type TicketStore,
  ticketIdOf,
} from '@admit-one/core';
import { eventually, nowhere } from '@admit-one/testkit';
import { onTestFinished } from 'vitest';
import { openRedisStore, type RedisStore, type RedisStoreOptions } from './open-redis-store.ts';

/** As long as a busy machine needs for a command. */
export const PATIENT = { commandTimeoutMs: 5_000 } as const;

type Options = Partial<RedisStoreOptions> & { readonly url: string };

/** Opens a store on a Redis that runs, and waits until it is reached. It is patient unless it is told otherwise. */
export async function openReached(options: Options): Promise<RedisStore> {
  let isReached = false;
  const onReachable = () => {
    isReached = true;
    options.onReachable?.();
  };
  const opened = await openRedisStore({ source: 'test', ...PATIENT, ...options, onReachable });
  await eventually(() => isReached, { what: 'a connection to Redis', everyMs: 5 });
  return opened;
}

/** As `openReached`; the store is closed after the test. */
export async function openForTest(options: Options): Promise<RedisStore> {
  const opened = await openReached(options);
  onTestFinished(() => opened.store.close());
  return opened;
}

/** One ticket, and what is done with it, over whichever store. */
export interface TicketLife {
  readonly ticketId: string;
  issue(store: TicketStore): Promise<Outcome>;
  /** Reserves and confirms, for a handshake and a connection that were never seen before. */
  admit(store: TicketStore): Promise<Outcome>;
}

const principal = {
  issuer: 'main',
  session: 'session',
  sessionFrom: 'sid',
  user: null,
  tokenIssuedAt: 1_750_000_000,
  kid: null,
  attributes: {},
};

/** A ticket that is good for ten minutes once it is issued, so that no engine's restart outlasts it. */
export function ticketLife(): TicketLife {
  const ticketId = ticketIdOf(proofOf(newTicket()));

  function run(store: TicketStore, command: TicketCommand): Promise<Outcome> {
    return execute(ticketId, command, { store, source: 'test' });
  }
  const common = () => ({ id: newId(), context: nowhere, deadline: Number.MAX_SAFE_INTEGER });

  return {
    ticketId,
    issue: (store) => run(store, { ...common(), type: 'issue', principal, route: null, ttlMs: 600_000 }),
    async admit(store) {
      const [handshake, connection] = [newId(), newId()];
      const reserved = await run(store, { ...common(), type: 'reserve', handshake });
      if (reserved.kind === 'rejected') return reserved;
      return run(store, { ...common(), type: 'confirm', handshake, connection });
    },
  };
}
