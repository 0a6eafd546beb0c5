import { closeMeansStop, type Reason, reasonRow, reasons } from '@admit-one/core/reasons';
import { describe, expect, test } from 'vitest';
import { decideRetry, failureOf } from './retry-decision.ts';

const rows = (Object.keys(reasons) as Reason[]).map((reason) => ({ reason, ...reasonRow(reason) }));

describe('what the table of reasons says is what is done', () => {
  test.each(rows.filter(({ http }) => http !== null))(
    '$reason as an HTTP answer',
    ({ http, code, client }) => {
      expect(decideRetry(failureOf(http ?? 0, code))).toEqual({ action: client, reason: code });
    },
  );

  test.each(rows.filter(({ close }) => close !== null))(
    '$reason as a close frame',
    ({ close, code, client }) => {
      expect(decideRetry(failureOf(close ?? 0, code))).toEqual({ action: client, reason: code });
    },
  );

  test.each(rows.filter(({ close }) => close !== null))(
    '$reason as a close frame with a wait',
    ({ close, code, client }) => {
      expect(decideRetry(failureOf(close ?? 0, `${code} 5`))).toEqual({ action: client, reason: code });
    },
  );
});

test('a close code without a word of ours means what its range means', () => {
  for (let code = 1000; code < 5000; code += 1)
    expect([code, decideRetry(failureOf(code, 'good bye')).action]).toEqual([
      code,
      closeMeansStop(code) ? 'stop' : 'retry',
    ]);
});

test.each([
  [1000, 'CLOSED'],
  [1005, 'CLOSED'],
  [1006, 'NETWORK'],
  [1009, 'MESSAGE_TOO_BIG'],
  [4000, 'CLOSED'],
])('a close code %i without a text is %s', (code, reason) => {
  expect(decideRetry(failureOf(code)).reason).toBe(reason);
});

test.each([
  [200, 'retry'],
  [302, 'retry'],
  [400, 'stop'],
  [401, 'refresh-token'],
  [403, 'stop'],
  [404, 'stop'],
  [408, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [502, 'retry'],
  [504, 'retry'],
])('an HTTP answer %i that is none of ours: %s', (status, action) => {
  expect(decideRetry(failureOf(status, ''))).toEqual({ action, reason: 'HTTP' });
  expect(decideRetry(failureOf(status, 'Bad thing happened'))).toEqual({ action, reason: 'HTTP' });
});

test.each([
  ['SIGNED_OUT', 'stop'],
  ['BAD_UPGRADE', 'stop'],
  ['NETWORK', 'retry'],
  ['TIMEOUT', 'retry'],
])('what only the client knows: %s', (reason, action) => {
  expect(decideRetry(failureOf(0, reason))).toEqual({ action, reason });
});

test.each(['constructor', '__proto__', 'toString', 'RATE-LIMITED', 'RATE_LIMITED5', ' RATE_LIMITED', ''])(
  'a text that only looks like a code is none: %j',
  (text) => {
    expect(decideRetry(failureOf(4000, text))).toEqual({ action: 'retry', reason: 'CLOSED' });
  },
);

test('a word of a newer server is the reason, and its code decides', () => {
  expect(decideRetry(failureOf(4555, 'ACCOUNT_FROZEN'))).toEqual({
    action: 'stop',
    reason: 'ACCOUNT_FROZEN',
  });
  expect(decideRetry(failureOf(503, 'QUEUE_FULL'))).toEqual({ action: 'retry', reason: 'QUEUE_FULL' });
});

test.each([
  ['5', 5_000],
  ['0', 0],
  [undefined, 0],
  [null, 0],
  ['soon', 0],
  ['-5', 0],
  ['99999999', 3_600_000],
])('Retry-After %j is %i ms', (seconds, ms) => {
  expect(failureOf(429, 'RATE_LIMITED', seconds).retryAfterMs).toBe(ms);
});
