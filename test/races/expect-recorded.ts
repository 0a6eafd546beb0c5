import { PARTITIONS } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import { events, expectNothingMissing, sequences } from '../stack/audit-log.ts';
import type { ServicesStack } from '../stack/services.ts';

/**
 * Waits until the audit log has all that the store has told so far. Then it tells of these admissions, of none twice, and
 * its sequences have no hole.
 */
export async function expectRecorded(stack: ServicesStack, admitted: readonly string[]): Promise<void> {
  const written = await lastSequences(stack);
  await eventually(
    async () => {
      const read = new Map((await sequences(stack)).map(({ partitionkey, last }) => [partitionkey, last]));
      expect(written.filter(([key, last]) => (read.get(key) ?? 0) < last)).toEqual([]);
    },
    { what: 'the audit log to have all that was told', everyMs: 250 },
  );
  await expectNothingMissing(stack);

  const consumed = (await events(stack, { type: 'admit.ticket.consumed' })).map(({ subject }) => subject);
  const told = new Set(consumed);
  expect(
    admitted.filter((ticketId) => !told.has(ticketId)),
    'admissions that the audit log does not tell',
  ).toEqual([]);
  expect(told.size, 'a ticket was consumed twice').toBe(consumed.length);
}

/** The last sequence that the store has given, by partition key. */
async function lastSequences({ engines }: ServicesStack): Promise<readonly (readonly [string, number])[]> {
  const script = `local lines = {}
    for _, epoch in ipairs(redis.call('KEYS', '*:epoch')) do
      lines[#lines + 1] = table.concat(redis.call('HMGET', epoch, 'key', 'sequence'), ' ')
    end
    return table.concat(lines, '\\n')`;
  const lines = (await engines.redis.command('EVAL', script, '0')).trim().split('\n');
  expect(lines).toHaveLength(PARTITIONS);
  return lines.map((line) => {
    const [key = '', sequence] = line.split(' ');
    return [key, Number(sequence)];
  });
}
