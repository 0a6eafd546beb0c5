import {
  type AppendedEvents,
  type AuditLog,
  createSequenceRange,
  type Delivery,
  type ReceivedMessage,
  receive,
  type StreamReader,
  storeMessages,
} from '@admit-one/core';
import { appendPlaced } from '../audit-log/append.ts';
import { openAuditLog } from '../open-audit-log.ts';
import { tryLock } from '../sql/advisory-locks.ts';
import { errorText, isDataError } from '../sql/driver-errors.ts';
import type { Sql } from '../sql/sql.ts';
import { type Comparison, compare } from './compare.ts';
import { copyEvents, copyGenerations, copyOwnEvents, copyRetention } from './copy.ts';
import { checkReach, type Present, REBUILD_SCHEMA, readPresent } from './present.ts';
import { RebuildError } from './rebuild-error.ts';
import { asPresent, countForgettings } from './salts.ts';
import { swap } from './swap.ts';

export interface RebuildOptions {
  /** Opens the audit log's database, or the same with another schema for its tables. */
  readonly open: (schema?: string) => Sql;
  readonly stream: StreamReader;
  /** Whether events that the stream does not have any more are taken over from the present tables, unchecked. */
  readonly keepOlder: boolean;
  /** Called with a line about what was done. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a rebuild has done. */
export interface RebuildReport extends Comparison {
  /** Events that were taken over from the present tables. */
  readonly copied: number;
  /** Messages that were read from the stream. */
  readonly messages: number;
}

/**
 * Builds the tables of the audit log again from the event stream, compares them with the present ones, and puts them in their
 * place in one transaction. Events go on being stored meanwhile, and wait for the last moment only. The audit log's own
 * events, and what operators acknowledged, are taken over. Until the swap nothing of the present tables changes; after an
 * interruption, run it again.
 * @throws {RebuildError} where the stream does not reach back far enough, or another rebuild runs
 * @throws {BusError} where the stream cannot be read
 */
export async function rebuildAuditLog(options: RebuildOptions): Promise<RebuildReport> {
  const database = options.open();
  try {
    return await database.transaction(async (holding) => {
      if (!(await tryLock(holding, 'rebuild'))) throw new RebuildError('another rebuild is under way');
      return rebuildWithin(database, options);
    });
  } finally {
    await database.close();
  }
}

async function rebuildWithin(database: Sql, options: RebuildOptions): Promise<RebuildReport> {
  const { open, stream, keepOlder } = options;
  const present = await readPresent(database);
  const { first, last } = await checkReach(database, present, stream, keepOlder);
  await database.query(`DROP SCHEMA IF EXISTS ${REBUILD_SCHEMA} CASCADE`);
  await database.query(`CREATE SCHEMA ${REBUILD_SCHEMA}`);
  const rebuilt = open(REBUILD_SCHEMA);
  try {
    const log = await openAuditLog(rebuilt);
    return await rebuildInto(log, { ...options, database, rebuilt, present, first, last });
  } finally {
    await rebuilt.close();
    await database.query(`DROP SCHEMA IF EXISTS ${REBUILD_SCHEMA} CASCADE`);
  }
}

interface Rebuilding extends RebuildOptions {
  readonly database: Sql;
  readonly rebuilt: Sql;
  readonly present: Present;
  /** The first message of the stream when the rebuild began, and the last. */
  readonly first: number;
  readonly last: number;
}

async function rebuildInto(log: AuditLog, rebuilding: Rebuilding): Promise<RebuildReport> {
  const { database, rebuilt, present, stream, first, last, keepOlder, onProgress, signal } = rebuilding;
  await copyRetention(database, rebuilt, present);
  await copyGenerations(database, present, first);
  const store = createStore(log, rebuilding);
  const forgettings = await countForgettings(database, present);
  let done = 0;
  const replay = (from: number) =>
    stream.read(
      from,
      async (deliveries) => {
        await store(deliveries);
        done += deliveries.length;
        if (done % PROGRESS < deliveries.length) onProgress(`read ${done} of ${last - first + 1} messages`);
      },
      signal,
    );
  // The older ones first: a ticket that was issued in them is not counted as unused before it was presented.
  const copied = keepOlder
    ? await copyEvents({ database, rebuilt, present, before: first, onProgress, signal })
    : 0;
  let upTo = await replay(first);
  onProgress(`read ${done} messages from the event stream`);
  const own = await copyOwnEvents(database, rebuilt, present, 0);
  upTo = await replay(upTo + 1);
  const comparison = await compare(database, present, upTo);
  onProgress(`compared ${comparison.same + comparison.different} events`);
  signal.throwIfAborted();
  await swap({
    database,
    present,
    keepOlder,
    first,
    async finish() {
      if ((await countForgettings(database, present)) !== forgettings)
        throw new RebuildError(FORGOTTEN_MEANWHILE);
      upTo = await replay(upTo + 1);
      await copyOwnEvents(database, rebuilt, present, own);
    },
  });
  return { ...comparison, copied, messages: done };
}

/** How many messages there are between two lines of progress. */
const PROGRESS = 10_000;

const FORGOTTEN_MEANWHILE =
  'a user was forgotten meanwhile, and the events were read before that: run the rebuild again';

/** Stores deliveries as the ingest does, but with the salts that their events have, and without what was forgotten of them. */
function createStore(
  log: AuditLog,
  { database, rebuilt, present }: Rebuilding,
): (deliveries: readonly Delivery[]) => Promise<void> {
  const storing = {
    range: createSequenceRange(log),
    append,
    auditLog: log,
    valueIssueOf: (error: unknown) => (isDataError(error) ? errorText(error) : undefined),
  };

  async function append(messages: readonly ReceivedMessage[]): Promise<AppendedEvents> {
    const placed = messages.flatMap(({ delivery: { position }, events }) =>
      events.map(({ index, event }) => ({ position, index, event })),
    );
    const received = messages.map(({ delivery: { position } }) => position);
    return appendPlaced(rebuilt, await asPresent(database, present, placed), received);
  }

  return async (deliveries) => {
    await storeMessages(receive(deliveries), storing);
  };
}
