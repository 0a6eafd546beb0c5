import { expect, test } from 'vitest';
import type { RejectedMessage } from './admit-socket.ts';
import { createWorld, elapse } from './world.fixture.ts';

test('without a buffer, send() throws while there is no connection', async () => {
  const world = createWorld();
  const { socket } = world.connect();
  expect(() => socket.send('too soon')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
});

test('messages between connections are buffered in order and sent once', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect({ bufferedBytes: 100 });
  socket.send('one');
  socket.send(new Uint8Array([1, 2]));
  socket.send(new Blob(['three']));
  expect(socket.bufferedAmount).toBe(10);
  await elapse();
  expect(world.upgrades[0]?.sent).toEqual(['one', new Uint8Array([1, 2]), expect.any(Blob)]);
  expect(socket.bufferedAmount).toBe(0);

  socket.send('live');
  world.upgrades[0]?.end(1006);
  socket.send('kept');
  await elapse(1_000);
  expect(world.upgrades[1]?.sent).toEqual(['kept']);
});

test('buffered messages are sent before those of the open listener', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect({ bufferedBytes: 100 });
  socket.onopen = () => socket.send('second');
  socket.send('first');
  await elapse();
  expect(world.upgrades[0]?.sent).toEqual(['first', 'second']);
});

test('the buffer is limited in bytes, not characters', () => {
  const world = createWorld();
  const { socket } = world.connect({ bufferedBytes: 6 });
  socket.send('éé');
  expect(() => socket.send('abc')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
  socket.send('ab');
  expect(socket.bufferedAmount).toBe(6);
});

test('close() discards buffered messages', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect({ bufferedBytes: 100 });
  socket.send('of Alice');
  socket.close();
  socket.send('of nobody');
  socket.resume();
  await elapse();
  expect(world.upgrades[0]?.sent).toEqual([]);
});

test.each([
  ['nothing', []],
  ['an empty message', ['']],
])('where %s was sent, MESSAGE_TOO_BIG sets no limit', async (_, messages) => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, events } = world.connect();
  await elapse();
  for (const message of messages) socket.send(message);
  world.upgrades[0]?.end(1009, 'MESSAGE_TOO_BIG');
  await elapse(1_000);
  socket.send('hello');
  expect(world.upgrades[1]?.sent).toEqual(['hello']);
  expect(events).not.toContain('rejected');
});

test.each([
  ['with a public code', 'MESSAGE_TOO_BIG'],
  ['without a text, as WebSocket libraries close', ''],
])('a message that is too big is reported and not sent again: %s', async (_, text) => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect({ bufferedBytes: 100 });
  const rejected: RejectedMessage[] = [];
  socket.addEventListener('rejected', ({ detail }) => rejected.push(detail));
  socket.onopen = () => {
    socket.send('small');
    socket.send('far too big');
    socket.onopen = null;
  };
  await elapse();
  world.upgrades[0]?.end(1009, text);
  expect(rejected).toEqual([{ bytes: 11, data: undefined }]);
  expect(socket.reason).toBe('MESSAGE_TOO_BIG');

  socket.send('far too big');
  socket.send('small');
  await elapse(1_000);
  socket.send('far too big, too');
  expect(world.upgrades[1]?.sent).toEqual(['small']);
  expect(rejected.slice(1)).toEqual([
    { bytes: 11, data: 'far too big' },
    { bytes: 16, data: 'far too big, too' },
  ]);
});
