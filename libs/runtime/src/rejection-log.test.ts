import { FOLD_MS, type Reason, SINGLE_REJECTIONS } from '@admit-one/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from './logging.ts';
import { createRejectionLog } from './rejection-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', service: 'test', instance: 'test-1', destination });
  const counted = vi.fn();
  const rejections = createRejectionLog(log, { countRejected: counted });
  return {
    counted,
    stop: rejections.stop,
    named: (message: string) => lines.filter((line) => line.message === message),
    flood(count: number, reason: Reason = 'token_invalid', network: string | null = '192.0.2.1') {
      for (let n = 0; n < count; n += 1) rejections.write('INFO', { reason }, 'issuance_rejected', network);
    },
    fail: (count: number) => {
      for (let n = 0; n < count; n += 1)
        rejections.write('CRITICAL', { reason: 'store_unavailable' }, 'issuance_rejected', `192.0.2.${n}`);
    },
  };
}

it('logs so many of a source at once, and the count of the others after a minute', () => {
  const { flood, named } = start();
  flood(SINGLE_REJECTIONS + 250);
  flood(2, 'token_invalid', '192.0.2.2');
  flood(3, 'session_missing');
  expect(named('issuance_rejected')).toHaveLength(SINGLE_REJECTIONS + 5);
  expect(named('rejections_folded')).toEqual([]);
  vi.advanceTimersByTime(FOLD_MS);
  const facts = { rejection: 'issuance_rejected', reason: 'token_invalid', network: '192.0.2.1' };
  expect(named('rejections_folded')).toMatchObject([{ severity: 'INFO', ...facts, count: 250 }]);
  vi.advanceTimersByTime(10 * FOLD_MS);
  expect(named('rejections_folded')).toHaveLength(1);
});

it('bounds the networks of an IPv6 /48 together', () => {
  const { flood, named } = start();
  for (let n = 1; n <= 16; n += 1) flood(SINGLE_REJECTIONS / 2 + 1, 'token_invalid', `2001:db8:0:${n}::/64`);
  vi.advanceTimersByTime(FOLD_MS);
  expect(named('issuance_rejected')).toHaveLength(8 * SINGLE_REJECTIONS);
  expect(named('rejections_folded')).toMatchObject([{ network: '2001:db8::/48', count: 16 }]);
});

it('logs the count at the stop', () => {
  const { flood, stop, named } = start();
  flood(SINGLE_REJECTIONS + 1, 'token_invalid', null);
  stop();
  expect(named('rejections_folded')).toMatchObject([{ network: null, count: 1 }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('logs the first that our side caused, and counts the others of all networks', () => {
  const { fail, named, counted } = start();
  fail(250);
  vi.advanceTimersByTime(FOLD_MS);
  const single = named('issuance_rejected').length;
  expect(single).toBe(20);
  const facts = { severity: 'CRITICAL', reason: 'store_unavailable', network: null };
  expect(named('rejections_folded')).toMatchObject([{ ...facts, count: 250 - single }]);
  expect(counted).toHaveBeenCalledTimes(250);
});
