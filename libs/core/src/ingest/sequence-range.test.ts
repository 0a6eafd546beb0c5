import { expect, test } from 'vitest';
import { numbered, type ReceivedEvent } from '../events/cloud-event.ts';
import { type EventSample, newEvent } from '../events/event.fixture.ts';
import type { SequenceReport } from '../ports/audit-completeness.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import { createSequenceRange, MAX_SEQUENCE_JUMP as JUMP } from './sequence-range.ts';

interface Sample extends EventSample {
  readonly partitionkey?: string;
  readonly sequence?: number;
}

function eventOf({ partitionkey = 'edge', sequence = 1, ...sample }: Sample): ReceivedEvent {
  return numbered(newEvent({ type: 'admit.handshake.rejected', ...sample }), partitionkey, sequence);
}

/** A log that has these sequences, and counts how often it is asked. */
function logWith(known: Readonly<Record<string, readonly [first: number, last: number]>>) {
  const asked: (readonly string[])[] = [];
  const log: Pick<AuditLog, 'sequences'> = {
    async sequences({ partitionkeys = [] } = {}) {
      asked.push(partitionkeys);
      return partitionkeys.flatMap((partitionkey) => {
        const range = known[partitionkey];
        return range ? [{ partitionkey, first: range[0], last: range[1] } as SequenceReport] : [];
      });
    },
  };
  return { log, asked };
}

const huge = 9_000_000_000_000_000;
const alive = (sequence: number, lastSequence: number): Sample => ({
  type: 'admit.service.alive',
  partitionkey: 'edge',
  sequence,
  data: { lastSequence },
});
const acknowledged = (lastSequence: number): Sample => ({
  type: 'admit.store.acknowledged',
  data: { epoch: 'p01.old', lastSequence },
});
const edge = (sequence: number): Sample => ({ partitionkey: 'edge', sequence });

test.each<[string, readonly [number, number] | null, readonly Sample[], readonly boolean[]]>([
  ['the next one', [1, 10], [edge(11)], [false]],
  ['a repeat', [1, 10], [edge(3)], [false]],
  ['the farthest ahead', [1, 10], [edge(10 + JUMP)], [false]],
  ['one beyond it', [1, 10], [edge(11 + JUMP)], [true]],
  ['a forged one', [1, 10], [edge(huge)], [true]],
  ['the farthest behind', [2 * JUMP, 2 * JUMP], [edge(JUMP)], [false]],
  ['one before it', [2 * JUMP, 2 * JUMP], [edge(JUMP - 1)], [true]],
  ['the baseline of an unknown key', null, [edge(5 * JUMP), edge(5 * JUMP + 1)], [false, false]],
  ['a forged one of an unknown key, behind the first', null, [edge(1), edge(huge)], [false, true]],
  ['one behind a forged one, of an unknown key', null, [edge(huge), edge(1)], [false, true]],
  ['a range that grows', [1, 1], [edge(1 + JUMP), edge(1 + 2 * JUMP)], [false, false]],
  ['a range that does not grow by what is outside', [1, 1], [edge(huge), edge(huge - 1)], [true, true]],
  ['its own last sequence', [1, 10], [alive(11, 11)], [false]],
  ['its own last sequence, forged', [1, 10], [alive(11, huge)], [true]],
  ['its own last sequence, forged in its first event', null, [alive(1, huge)], [true]],
  ['a claim about an unknown epoch', null, [acknowledged(30)], [false]],
  ['a forged claim about an unknown epoch', null, [acknowledged(JUMP + 1)], [true]],
])('%s', async (_name, known, samples, outside) => {
  const { log } = logWith(known ? { edge: known } : {});
  const events = samples.map(eventOf);
  const found = await createSequenceRange(log).outside(events);
  expect(events.map((event) => found.has(event))).toEqual(outside);
});

test('a claim is measured by what the log has of its key', async () => {
  const { log } = logWith({ 'p01.old': [3 * JUMP, 4 * JUMP] });
  const [good, forged] = [acknowledged(5 * JUMP), acknowledged(5 * JUMP + 1)].map(eventOf);
  const found = await createSequenceRange(log).outside([good!, forged!]);
  expect([...found.keys()]).toEqual([forged]);
  expect(found.get(forged!)).toBe(
    'sequence 5000001 of p01.old is more than 1000000 away from the known 3000000 to 4000000',
  );
});

test('asks the log for a key once, and again only for what is beyond reach', async () => {
  const { log, asked } = logWith({ edge: [1, 10] });
  const range = createSequenceRange(log);
  await range.outside([11, 12].map((sequence) => eventOf(edge(sequence))));
  await range.outside([eventOf(edge(13))]);
  expect(asked).toEqual([['edge']]);
  await range.outside([eventOf(edge(huge))]);
  expect(asked).toEqual([['edge'], ['edge']]);
});
