import {
  type NewEvent,
  newId,
  type OutboxBounds,
  partitionName,
  StoreError,
  type UnnumberedEvent,
} from '@admit-one/core';
import { type Acknowledged, createAcknowledged } from './acknowledged.ts';
import { disconnectClient, type RedisClient } from './client/client.ts';
import { unavailable } from './errors.ts';
import { keysOf, type PartitionKeys } from './keys.ts';
import { encodeEvents } from './outbox-line.ts';
import { createOwnEvents, type OwnEvents } from './own-events.ts';
import type { ScriptCall, ScriptName, ScriptReply } from './scripts/script.ts';
import { createScriptRunner } from './scripts/script-runner.ts';

/** A call in the present epoch of a partition, whose key is the script's first. */
export interface FencedCall {
  readonly script: ScriptName;
  readonly keys: (of: PartitionKeys) => readonly string[];
  readonly args: readonly (string | number)[];
}

/** What the ticket store and its outbox share. All that sends throws `StoreError`, and nothing else. */
export interface RedisStoreCore {
  readonly bounds: OutboxBounds;
  readonly acknowledged: Acknowledged;
  readonly ownEvents: OwnEvents;
  /** Sends a command. */
  send<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer>;
  /** Runs a script that does not depend on the epoch. */
  run(call: ScriptCall): Promise<ScriptReply>;
  /** Runs a script in the partition's present epoch, and begins that first where Redis may have lost writes. */
  runInEpoch(partition: number, call: FencedCall): Promise<ScriptReply>;
  /** Notes what this process has appended to an outbox, the last of it at this place, and notifies the listeners. */
  noteAppend(partition: number, partitionkey: string, last: number, events: readonly UnnumberedEvent[]): void;
  onAppend(listener: (partition: number) => void): () => void;
  close(): Promise<void>;
}

export interface RedisStoreCoreOptions {
  readonly client: RedisClient;
  readonly source: string;
  readonly bounds: RedisStoreCore['bounds'];
}

/** Each attempt begins an epoch at most once; more than one is needed only when servers change meanwhile. */
const MAX_ATTEMPTS = 3;

export function createStoreCore({ client, source, bounds }: RedisStoreCoreOptions): RedisStoreCore {
  const runScript = createScriptRunner(client);
  const acknowledged = createAcknowledged();
  const ownEvents = createOwnEvents();
  const listeners = new Set<(partition: number) => void>();
  let closing: Promise<void> | undefined;

  async function ask<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    if (closing) throw new StoreError('unavailable', 'the ticket store is closed');
    try {
      return await command(client);
    } catch (error) {
      throw unavailable(error);
    }
  }

  function run(call: ScriptCall): Promise<ScriptReply> {
    return ask(() => runScript(call));
  }

  async function runInEpoch(partition: number, { script, keys, args }: FencedCall): Promise<ScriptReply> {
    const of = keysOf(partition);
    const call = { script, partition, keys: [of.epoch, ...keys(of)], args };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const reply = await run(call);
      if (reply[0] !== 'epoch') return reply;
      await beginEpoch(partition, reply);
    }
    throw new StoreError('unavailable', `Redis: the server of ${partitionName(partition)} keeps changing`);
  }

  async function beginEpoch(
    partition: number,
    [, former = '', sequence = '0', now]: ScriptReply,
  ): Promise<void> {
    const { epoch, outbox } = keysOf(partition);
    const name = partitionName(partition);
    const started: NewEvent<'admit.store.started'> = {
      type: 'admit.store.started',
      source,
      subject: source,
      time: Number(now),
      traceparent: null,
      data: {
        previousEpoch: former === '' ? null : former.slice(`${name}.`.length),
        lastSequence: Number(sequence),
      },
    };
    const key = `${name}.${newId()}`;
    const events = encodeEvents([started]);
    const args = [former, sequence, key, ...events.map(({ json }) => json)];
    const [outcome] = await run({ script: 'beginEpoch', partition, keys: [epoch, outbox], args });
    if (outcome !== 'ok') return;
    ownEvents.add(partition, key, 1, events);
    notifyAppend(partition);
  }

  function noteAppend(
    partition: number,
    partitionkey: string,
    last: number,
    events: readonly UnnumberedEvent[],
  ): void {
    acknowledged.note(partitionkey, last);
    ownEvents.add(partition, partitionkey, last, events);
    notifyAppend(partition);
  }

  function notifyAppend(partition: number): void {
    for (const listener of listeners) listener(partition);
  }

  return {
    bounds,
    acknowledged,
    ownEvents,
    send: ask,
    run,
    runInEpoch,
    noteAppend,
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      listeners.clear();
      closing ??= disconnectClient(client);
      return closing;
    },
  };
}
