import {
  type NatsEngine,
  type RedisEngine,
  startFaultProxy,
  startNats,
  startRedis,
} from '@admit-one/testkit';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { describeFaults } from './describe-faults.ts';
import { PARTITION, type RelayProcess, type Step, startReader, startRelayProcess } from './relay-process.ts';

describeFaults('a relay that publishes from memory', () => {
  let redis: RedisEngine;
  let nats: NatsEngine;
  let reader: Awaited<ReturnType<typeof startReader>>;
  let processes: RelayProcess[];
  beforeEach(async () => {
    processes = [];
    [redis, nats] = await Promise.all([startRedis(), startNats()]);
    reader = await startReader(nats.url);
  });
  afterEach(async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await reader?.close();
    await Promise.all([redis?.stop(), nats?.stop()]);
  });

  async function start({ relays = true, url = redis.url } = {}): Promise<RelayProcess> {
    const started = await startRelayProcess(url, nats.url, relays);
    processes.push(started);
    return started;
  }

  const waiting = async ({ outbox }: RelayProcess) => (await outbox.level(PARTITION)).events;
  const reads = async () =>
    Number(/^cmdstat_lrange:calls=(\d+)/m.exec(await redis.command('INFO', 'commandstats'))?.[1] ?? 0);

  async function moved(by: RelayProcess, tickets: readonly string[]): Promise<void> {
    await expect.poll(() => waiting(by).catch(() => null)).toBe(0);
    const missing = () => tickets.filter((ticket) => !reader.subjects().has(ticket));
    await expect.poll(() => [missing(), reader.holes()]).toEqual([[], []]);
  }

  /** Brings a process to where it does not read the outbox any more, and gives the tickets that it took. */
  async function inMemory(process: RelayProcess): Promise<readonly string[]> {
    const tickets: string[] = [];
    const attempt = async () => {
      const before = await reads();
      const issued = await process.issue(2);
      tickets.push(...issued);
      await moved(process, issued);
      return (await reads()) - before;
    };
    await expect.poll(attempt).toBe(0);
    return tickets;
  }

  test.each<[Step, number]>([
    ['publish', 5],
    ['take the acknowledgement', 5],
    ['remove', 5],
    ['look again', 0],
  ])('that is killed when it is about to %s loses no event', async (step, left) => {
    const one = await start();
    const tickets = [...(await inMemory(one))];
    const held = one.hold(step);
    tickets.push(...(await one.issue(5)));
    await held;
    const other = await start({ relays: false });
    expect(await waiting(other)).toBe(left);
    await one.kill();

    const next = await start();
    tickets.push(...(await next.issue(3)));
    await moved(next, tickets);
  });

  test('goes on beside another owner, who has moved and removed what it has in hand', async () => {
    const one = await start();
    const tickets = [...(await inMemory(one))];
    const held = one.hold('publish');
    tickets.push(...(await one.issue(3)));
    await held;
    const other = await start();
    tickets.push(...(await other.issue(2)));
    await moved(other, tickets);

    tickets.push(...(await one.issue(2)), ...(await other.issue(2)));
    one.release();
    tickets.push(...(await one.issue(2)), ...(await other.issue(1)));
    await moved(one, tickets);
    await other.kill();
    tickets.push(...(await one.issue(3)));
    await moved(one, tickets);
  });

  test('moves what others appended before, between and after its own', async () => {
    const one = await start();
    const stranger = await start({ relays: false });
    const tickets = [...(await inMemory(one))];
    for (const by of [stranger, one, one, stranger, one, stranger]) tickets.push(...(await by.issue(2)));
    await moved(one, tickets);
    tickets.push(...(await inMemory(one)));
    await moved(one, tickets);
  });

  test('publishes what it has in hand of an epoch that Redis has lost, and all of the next', async () => {
    const one = await start();
    const tickets = [...(await inMemory(one))];
    const held = one.hold('publish');
    tickets.push(...(await one.issue(3)));
    await held;
    await redis.kill();
    await redis.start();
    const issued: string[] = [];
    const again = async () => issued.push(...(await one.issue(2).catch(() => [])));
    await expect.poll(again).toBeGreaterThan(0);
    one.release();
    tickets.push(...issued, ...(await one.issue(3)));
    await moved(one, tickets);
    tickets.push(...(await inMemory(one)));
    await moved(one, tickets);
  });

  test('moves appends whose reply was lost', async () => {
    const link = await startFaultProxy(redis);
    onTestFinished(() => link.close());
    const one = await start({ url: link.url(redis.url) });
    const tickets = [...(await inMemory(one))];
    const stranger = await start({ relays: false });
    const before = reader.subjects().size;
    link.dropTowardsClient();
    await expect(one.issue(3)).rejects.toMatchObject({ code: 'unavailable' });
    await link.heal();
    const issued = () => one.issue(1).catch(() => []);
    await expect.poll(async () => tickets.push(...(await issued()))).toBeGreaterThan(tickets.length);
    await expect.poll(() => reader.subjects().size).toBeGreaterThanOrEqual(before + 4);
    await moved(stranger, tickets);
  });
});
