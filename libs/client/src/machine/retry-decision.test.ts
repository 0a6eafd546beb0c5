import { closeMeansStop, type Reason, reasonRow, reasons } from '@admit-one/core/reasons';
import { describe, expect, test } from 'vitest';
import { decideRetry, failureOf } from './retry-decision.ts';

const rows = (Object.keys(reasons) as Reason[]).map((reason) => ({ reason, ...reasonRow(reason) }));

describe('the client does what the reasons table says', () => {
  test.each(rows.filter(({ http }) => http !== null))(
    '$reason as an HTTP response',
    ({ http, code, client }) => {
      expect(decideRetry(failureOf(http ?? 0, code))).toEqual({ action: client, reason: code });
    },
  );

  test.each(rows.filter(({ close }) => close !== null))(
    '$reason as a close frame',
    ({ close, code, client }) => {
      for (const text of [code, `${code} 5`])
        expect(decideRetry(failureOf(close ?? 0, text))).toEqual({ action: client, reason: code });
    },
  );
});

test('a close code without a public code is decided by its range', () => {
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
])('close code %i without a text has the reason %s', (code, reason) => {
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
])('HTTP status %i without a public code: %s', (status, action) => {
  expect(decideRetry(failureOf(status, ''))).toEqual({ action, reason: 'HTTP' });
  expect(decideRetry(failureOf(status, 'Bad thing happened'))).toEqual({ action, reason: 'HTTP' });
});

test.each([
  ['SIGNED_OUT', 'stop'],
  ['BAD_UPGRADE', 'stop'],
  ['NETWORK', 'retry'],
  ['TIMEOUT', 'retry'],
])('a reason of the client: %s', (reason, action) => {
  expect(decideRetry(failureOf(0, reason))).toEqual({ action, reason });
});

test.each(['constructor', '__proto__', 'toString', 'RATE-LIMITED', 'RATE_LIMITED5', ' RATE_LIMITED', ''])(
  'a text that is not a public code is ignored: %j',
  (text) => {
    expect(decideRetry(failureOf(4000, text))).toEqual({ action: 'retry', reason: 'CLOSED' });
  },
);

test('an unknown public code is the reason, and the close code or status decides', () => {
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
