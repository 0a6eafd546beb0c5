import { type AlertRecord, nextAlertState } from '@admit-one/core';
import type { Measurement } from './measure.ts';
import { type AlertRule, isHeartbeat } from './rules.ts';

/** The records after an evaluation at `now`. Those of alerts that no longer exist are left out. */
export function evaluate(
  rules: readonly AlertRule[],
  records: readonly AlertRecord[],
  measurementOf: (rule: AlertRule) => Measurement,
  now: number,
): readonly AlertRecord[] {
  const before = new Map(records.map((record) => [record.name, record]));
  return rules.map((rule) => evaluateOne(rule, before.get(rule.name) ?? neverEvaluated(rule.name), now));

  function evaluateOne(rule: AlertRule, record: AlertRecord, at: number): AlertRecord {
    const { holds, value } = measurementOf(rule);
    const state = nextAlertState(record.state, holds, at, rule);
    const next = { ...record, state, value, evaluatedAt: at };
    if (state.status === 'firing' && record.state.status !== 'firing') {
      const isKnown = isHeartbeat(rule);
      return { ...next, firedAt: at, reported: isKnown, notified: isKnown };
    }
    if (state.status !== 'firing' && record.state.status === 'firing')
      // A receiver that was not notified of the beginning is not notified of the end.
      return { ...next, resolvedAt: at, reported: false, notified: !record.notified };
    return next;
  }
}

function neverEvaluated(name: string): AlertRecord {
  return {
    ...{ name, state: { status: 'inactive' }, value: null, detail: null, evaluatedAt: 0 },
    ...{ firedAt: null, resolvedAt: null, reported: true, notified: true },
  };
}

/** The first alert that is pending or firing and explains this one; null where none is. */
export function inhibitorOf(rule: AlertRule, records: readonly AlertRecord[]): string | null {
  const active = new Set(
    records.filter(({ state }) => state.status !== 'inactive').map((record) => record.name),
  );
  return rule.inhibitedBy.find((name) => active.has(name)) ?? null;
}
