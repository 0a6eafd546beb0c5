import { PARTITIONS, partitionName } from '@admit-one/core';

export const ALL_PARTITIONS: readonly number[] = Array.from(
  { length: PARTITIONS },
  (_, partition) => partition,
);

/** The names of one partition's keys. All share a hash tag, so that Redis Cluster keeps them in one slot. */
export interface PartitionKeys {
  /**
   * A hash: `key`, the partition key that events are numbered under; `sequence`, the last number; `server`, whose it is;
   * `control`, the version of the control entries that is enforced here; a field for each fence, and `fences`, how many there are.
   */
  readonly epoch: string;
  /** A list of events as the bus gets them, the oldest first. */
  readonly outbox: string;
  /** The owner of the relay's lease. */
  readonly lease: string;
  /** A ticket's version and state. */
  ticket(ticketId: string): string;
  /** The reason of the ticket's last rejection. */
  rejected(ticketId: string): string;
  /** When a session or user was revoked, in Unix seconds. */
  revoked(subject: string): string;
  /** The control entries of all partitions, in the first one: their version and epoch, a hash of entries by id, ids in the list by the number of their last change, all ids by their end, and log-outs in the list by their time. */
  readonly control: readonly [record: string, entries: string, order: string, ends: string, logOuts: string];
  /** Kept for a minute after the record of this key was written. */
  recorded(ticketId: string, key: string): string;
}

const KEYS: readonly PartitionKeys[] = ALL_PARTITIONS.map(namesOf);

export function keysOf(partition: number): PartitionKeys {
  return KEYS[partition] ?? namesOf(partition);
}

function namesOf(partition: number): PartitionKeys {
  const tag = `{${partitionName(partition)}}`;
  return {
    epoch: `${tag}:epoch`,
    outbox: `${tag}:outbox`,
    lease: `${tag}:lease`,
    ticket: (ticketId) => `${tag}:ticket:${ticketId}`,
    rejected: (ticketId) => `${tag}:rejected:${ticketId}`,
    revoked: (subject) => `${tag}:revoked:${subject}`,
    control: [
      `${tag}:control`,
      `${tag}:control:entries`,
      `${tag}:control:order`,
      `${tag}:control:ends`,
      `${tag}:control:logouts`,
    ],
    recorded: (ticketId, key) => `${tag}:recorded:${ticketId}:${key}`,
  };
}

/** The field of a fence in the epoch. */
export function fenceField(subject: string): string {
  return `fence:${subject}`;
}
