import { createMemoryBus } from '@admit-one/adapter-memory';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectionsElsewhere, startConnectionsElsewhere } from './connections-elsewhere.ts';

const LIMIT = 6;
const bus = createMemoryBus({ onError: () => {} });
const running: ConnectionsElsewhere[] = [];

function startEdge(edge: string, repeatMs = 60_000): ConnectionsElsewhere {
  const started = startConnectionsElsewhere({ edge, messages: bus.messages, repeatMs });
  running.push(started);
  return started;
}

afterEach(() => {
  for (const edge of running.splice(0)) edge.stop();
});

describe('what edges tell each other of connections', () => {
  it('begins at half of the limit, and ends below it', async () => {
    const [one, other] = [startEdge('one'), startEdge('other')];
    const seen: number[] = [];
    for (const count of [1, 2, 3, 4, 3, 2, 1]) {
      one.changed('user', count, LIMIT);
      const expected = count >= LIMIT / 2 ? count : 0;
      await expect.poll(() => other.count('user')).toBe(expected);
      seen.push(other.count('user'));
    }
    expect(seen).toEqual([0, 0, 3, 4, 3, 0, 0]);
    expect(one.count('user')).toBe(0);
  });

  it('adds up over edges, and not over subjects', async () => {
    const [one, two, three] = [startEdge('one'), startEdge('two'), startEdge('three')];
    one.changed('user', 5, LIMIT);
    two.changed('user', 4, LIMIT);
    two.changed('another', 3, LIMIT);
    await expect.poll(() => three.count('user')).toBe(9);
    expect(three.count('another')).toBe(3);
    expect(one.count('user')).toBe(4);
  });

  it('is repeated for edges that start later, and forgotten with an edge that stops', async () => {
    const early = startEdge('early', 10);
    early.changed('user', 5, LIMIT);
    const late = startEdge('late');
    await expect.poll(() => late.count('user')).toBe(5);
    early.stop();
    await expect.poll(() => late.count('user')).toBe(0);
  });

  it('is forgotten where an edge falls silent', async () => {
    const [alive, silent] = [startEdge('alive', 300), startEdge('silent')];
    silent.changed('user', 5, LIMIT);
    await expect.poll(() => alive.count('user')).toBe(5);
    await expect.poll(() => alive.count('user')).toBe(0);
  });
});
