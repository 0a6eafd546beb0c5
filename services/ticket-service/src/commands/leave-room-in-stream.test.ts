import { createMemoryStore } from '@admit-one/adapter-memory';
import { execute, newId, newTicket, proofOf, type TicketCommand, ticketIdOf } from '@admit-one/core';
import { nowhere } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { leaveRoomInStream } from './leave-room-in-stream.ts';

test.each([
  [0.49, { release: 'accepted', again: 'accepted' }],
  [0.5, { release: 'outbox_full', again: 'outbox_full' }],
  [1, { release: 'outbox_full', again: 'outbox_full' }],
])('a stream that is full to %s takes whole admissions, and of cycles: %o', async (fillRatio, cycles) => {
  let now = Date.now();
  const memory = createMemoryStore({ source: 'test', now: () => now }).store;
  onTestFinished(() => memory.close());
  const store = leaveRoomInStream(memory, { fillRatio });
  const ticketId = ticketIdOf(proofOf(newTicket()));
  const run = (command: Record<string, unknown>) =>
    execute(
      ticketId,
      { id: newId(), context: nowhere, deadline: now + 1_000, ...command } as unknown as TicketCommand,
      { store, source: 'test' },
    ).then(
      ({ kind }) => kind,
      ({ code }) => code,
    );
  const principal = { issuer: 'a', session: 's', user: null, attributes: {} };

  expect(await run({ type: 'issue', principal, route: null, ttlMs: 30_000 })).toBe('accepted');
  expect(await run({ type: 'reserve', handshake: 'one' })).toBe('accepted');
  expect(await run({ type: 'release', handshake: 'one', why: 'client_gone' })).toBe(cycles.release);
  now += 5_001;
  expect(await run({ type: 'reserve', handshake: 'two' })).toBe(cycles.again);
  const handshake = cycles.again === 'accepted' ? 'two' : 'one';
  expect(await run({ type: 'confirm', handshake, connection: newId() })).toBe('accepted');
});
