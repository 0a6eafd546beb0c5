import type { AlertRecord } from '@admit-one/core';
import { expect, test } from 'vitest';
import { listAlerts } from './list-alerts.ts';
import type { AlertRule } from './rules.ts';

const rule: AlertRule = {
  ...{ name: 'Wrong', severity: 'page', summary: '', runbook: '', inhibitedBy: [] },
  condition: {
    ...{ kind: 'comparison', is: '>', value: 0 },
    quantity: { kind: 'level', metric: 'wrong', labels: {}, highestOverSeconds: 0 },
  },
  ...{ forMs: 0, keepFiringForMs: 300_000 },
};

test.each([
  ['still holds', 60_000, null],
  ['held a while ago', 45_000, '1970-01-01T00:05:45.000Z'],
])('the end of an alert whose condition %s', (_name, heldAt, resolvesAt) => {
  const record: AlertRecord = {
    ...{ name: 'Wrong', state: { status: 'firing', since: 0, heldAt }, value: 1, detail: null },
    ...{ evaluatedAt: 60_000, firedAt: 0, resolvedAt: null, reported: true, notified: true },
  };
  expect(listAlerts([rule], [record], 60_000).alerts).toMatchObject([{ status: 'firing', resolvesAt }]);
});
