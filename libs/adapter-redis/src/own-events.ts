import {
  type EncodedEvent,
  type EventPlace,
  encodeAt,
  PARTITIONS,
  type UnnumberedEvent,
} from '@admit-one/core';

/**
 * What this process has appended and its relay has still to move: known without reading the outbox. Only what begins right
 * behind the last removal by this process, and has no hole, is sure to be the head of the outbox.
 */
export interface OwnEvents {
  /** Adds the events of one append, the last of them at this place. */
  add(partition: number, partitionkey: string, last: number, events: readonly UnnumberedEvent[]): void;
  /** The head of the outbox; undefined where it has to be read. */
  head(partition: number, limit: number): readonly EncodedEvent[] | undefined;
  /** Notes that this process has removed the head up to and including this event. */
  removed(partition: number, through: EventPlace): void;
  /** After an error, and where another relay is at work. */
  forget(partition: number): void;
}

/** Events without a hole. */
interface Run {
  readonly partitionkey: string;
  first: number;
  readonly events: UnnumberedEvent[];
  chars: number;
}

/** Where the outbox begins, if it has events of this key. */
interface Start {
  readonly partitionkey: string;
  readonly sequence: number;
}

/** Of JSON for each partition: more is left to be read. */
const MAX_CHARS = 1_000_000;

export function createOwnEvents(): OwnEvents {
  const runs = new Array<Run | undefined>(PARTITIONS);
  const starts = new Array<Start | undefined>(PARTITIONS);

  function forget(partition: number): void {
    runs[partition] = undefined;
    starts[partition] = undefined;
  }

  return {
    add(partition, partitionkey, last, events) {
      const first = last - events.length + 1;
      let run = runs[partition];
      if (run?.partitionkey !== partitionkey || run.first + run.events.length !== first) {
        run = { partitionkey, first, events: [], chars: 0 };
        runs[partition] = run;
      }
      for (const event of events) {
        run.events.push(event);
        run.chars += event.json.length;
      }
      if (run.chars > MAX_CHARS) forget(partition);
    },
    head(partition, limit) {
      const [run, start] = [runs[partition], starts[partition]];
      if (!run || run.partitionkey !== start?.partitionkey || run.first !== start.sequence) return undefined;
      return run.events.slice(0, limit).map((event, n) => encodeAt(event, run.partitionkey, run.first + n));
    },
    removed(partition, { partitionkey, sequence }) {
      const next = Number(sequence) + 1;
      starts[partition] = { partitionkey, sequence: next };
      const run = runs[partition];
      if (run?.partitionkey !== partitionkey || run.first >= next) return;
      for (const { json } of run.events.splice(0, next - run.first)) run.chars -= json.length;
      run.first = next;
      if (run.events.length === 0) runs[partition] = undefined;
    },
    forget,
  };
}
