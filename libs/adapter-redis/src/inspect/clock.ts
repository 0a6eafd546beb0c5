import type { Diagnostic } from '@admit-one/core';
import type { Redis } from 'ioredis';
import { addressOf } from './server.ts';

const MOST_MS = 2_000;

/**
 * The offset of the server's clock from this machine's. Tickets use the server's clock only, but revocations are compared
 * with the times in tokens, and events with other logs.
 */
export async function clockDiagnostic(redis: Redis): Promise<Diagnostic> {
  const askedAt = Date.now();
  const [seconds = 0, microseconds = 0] = await redis.time();
  const halfway = (askedAt + Date.now()) / 2;
  const apartMs = Math.round(Number(seconds) * 1_000 + Number(microseconds) / 1_000 - halfway);
  const message = `${addressOf(redis)} has a clock ${Math.abs(apartMs)} ms ${apartMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  return Math.abs(apartMs) <= MOST_MS
    ? { level: 'ok', message }
    : { level: 'warning', message, remedy: 'Synchronize both clocks (NTP).' };
}
