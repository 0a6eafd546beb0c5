import type { EpochEnd } from '@admit-one/core';

/** What the server has told this process of each partition's numbering. */
export interface Acknowledged {
  /** Notes that the event at this place exists, which a reply has shown. */
  note(partitionkey: string, sequence: number): void;
  /** Calls back with what was known of a partition key when another replaces it. Returns unsubscribe. */
  onEpochEnd(listener: (end: EpochEnd) => void): () => void;
}

export function createAcknowledged(): Acknowledged {
  const current = new Map<string, { readonly partitionkey: string; readonly lastSequence: number }>();
  const ended = new Map<string, number>();
  const listeners = new Set<(end: EpochEnd) => void>();

  function end(partitionkey: string, lastSequence: number): void {
    if (lastSequence <= (ended.get(partitionkey) ?? 0)) return;
    ended.set(partitionkey, lastSequence);
    for (const listener of listeners) listener({ partitionkey, lastSequence });
  }

  return {
    note(partitionkey, sequence) {
      const partition = partitionkey.slice(0, partitionkey.indexOf('.'));
      // A reply that is later than the end of its epoch: the first one of the next may have overtaken it.
      if (ended.has(partitionkey)) return end(partitionkey, sequence);
      const known = current.get(partition);
      if (known && known.partitionkey !== partitionkey) end(known.partitionkey, known.lastSequence);
      const lastSequence = known?.partitionkey === partitionkey ? known.lastSequence : 0;
      if (sequence > lastSequence) current.set(partition, { partitionkey, lastSequence: sequence });
    },
    onEpochEnd(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The place in a ticket's version: that of the last event of the append that wrote it. */
export function placeOfVersion(version: string): readonly [partitionkey: string, sequence: number] {
  const dot = version.lastIndexOf('.');
  return [version.slice(0, dot), Number(version.slice(dot + 1))];
}
