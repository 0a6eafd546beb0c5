import { randomBytes } from 'node:crypto';
import { partitionName, partitionOf } from '@admit-one/core';
import { Redis } from 'ioredis';
import type { Bench } from '../bench.ts';
import { createCredentialLine } from '../client/credential-line.ts';
import type { AdmitOne } from '../contestants/start-admit-one.ts';

/** Longer than any bench. */
const GOOD_FOR_MS = 86_400_000;
const AT_ONCE = 5_000;
const TELL_EVERY = 250_000;

/** Puts tickets into Redis that nobody will use: what the ticket-service wrote for a real one, under other ids. */
export async function fillTickets(stack: AdmitOne, count: number, bench: Bench): Promise<void> {
  const redis = new Redis(stack.engines.redis.url);
  try {
    const ticket = await issueOne(stack, bench, redis);
    for (let filled = 0; filled < count; filled += AT_ONCE) {
      if (filled > 0 && filled % TELL_EVERY === 0)
        bench.reportProgress(`${filled} of ${count} tickets are in Redis`);
      const pipeline = redis.pipeline();
      for (let n = filled; n < Math.min(count, filled + AT_ONCE); n += 1)
        pipeline.set(keyLike(ticket.key), ticket.value, 'PX', GOOD_FOR_MS);
      await pipeline.exec();
    }
    const held = await redis.dbsize();
    if (held < count) throw new Error(`Redis holds ${held} keys and not ${count} tickets`);
  } finally {
    redis.disconnect();
  }
}

interface StoredTicket {
  readonly key: string;
  readonly value: string;
}

async function issueOne({ endpoint }: AdmitOne, { issuer }: Bench, redis: Redis): Promise<StoredTicket> {
  if (endpoint.credential !== 'ticket') throw new Error('tickets come from a endpoint that wants them');
  const [token = ''] = await issuer.tokens(1);
  const line = createCredentialLine(endpoint.ticketPort);
  await line.ask(token);
  line.close();
  const [key = ''] = await redis.keys('{p*}:ticket:*');
  const value = await redis.get(key);
  if (value === null) throw new Error('the ticket that was issued is not in Redis');
  return { key, value };
}

/** The key of another ticket, in the partition that is its own. */
function keyLike(key: string): string {
  const id = randomBytes(32).toString('base64url');
  return key.replace(/^\{p\d+\}/, `{${partitionName(partitionOf(id))}}`).replace(/[^:]+$/, id);
}
