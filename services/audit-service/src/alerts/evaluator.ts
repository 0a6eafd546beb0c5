import type { AlertRecord, AlertSample, AlertStore, Reporter, Running, StoreClock } from '@admit-one/core';
import { type Quantity, quantitiesOf } from '@admit-one/observability';
import { createOutageLog, type Logger, type MetricPoint } from '@admit-one/runtime';
import { everyInterval } from '../every-interval.ts';
import { announce } from './announce.ts';
import { evaluate } from './evaluate.ts';
import { createHistory, type History } from './history.ts';
import { keyOf, measure, sumOf } from './measure.ts';
import type { Notifier } from './notify/notifier.ts';
import { type AlertRule, reachOf } from './rules.ts';

export interface EvaluatorOptions {
  readonly store: AlertStore;
  readonly rules: readonly AlertRule[];
  /** The counters and gauges of this process. */
  readonly collect: () => Promise<readonly MetricPoint[]>;
  /** What the value of a firing alert is about; null where there is no more to say. */
  readonly detailOf: (rule: AlertRule, now: number) => Promise<string | null>;
  /** Whether the audit log has the event of the record's last change. */
  readonly isReported: (record: AlertRecord) => Promise<boolean>;
  readonly notifier: Notifier;
  readonly reporter: Pick<Reporter, 'report'>;
  readonly instance: string;
  readonly clock: Pick<StoreClock, 'now'>;
  readonly log: Logger;
  /** Whether a dependency is down, which explains failures. */
  readonly isExplained: () => boolean;
  /** Whether this instance is connected to the bus and takes events from it: otherwise another had better lead. */
  readonly isConnected: () => boolean;
  readonly everyMs: number;
  /** Another instance leads when this one has not renewed its lease for so long. */
  readonly leaseMs: number;
}

export interface Evaluator extends Running {
  /** The records of the last evaluation, where this instance leads. */
  readonly records: readonly AlertRecord[] | undefined;
}

/** What the leading instance has in memory. */
interface Led {
  readonly history: History;
  records: readonly AlertRecord[];
}

/**
 * Evaluates the alerts at every interval, on one of the instances that share a database. Another one that takes over goes on
 * with the same state. While the database is away, the leader goes on with what it knows, since then alerts matter most;
 * nobody else can take over meanwhile. An instance without the bus leads only where no other one has it either.
 */
export function startEvaluator(options: EvaluatorOptions): Evaluator {
  const { store, rules, collect, instance, clock, notifier, log, everyMs, leaseMs, isExplained } = options;
  const outage = createOutageLog({
    log,
    failure: 'alerts_not_kept',
    recovery: 'alerts_kept_again',
    isExplained,
  });
  const series = rules.flatMap(({ condition }) => quantitiesOf(condition));
  const keptMs = Math.max(0, ...series.map(reachOf)) * 1000;
  let leads = false;
  let led: Led | undefined;

  async function renew(): Promise<void> {
    try {
      leads = await store.lead(instance, leaseMs, options.isConnected());
      if (!leads) led = undefined;
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  }

  async function evaluateAll(): Promise<void> {
    if (!leads) return;
    try {
      led ??= await load();
      await evaluateOn(led);
    } catch (error) {
      outage.failed(error);
    }
  }

  let evaluating: Promise<void> | undefined;
  function evaluateOnce(): Promise<void> {
    evaluating ??= evaluateAll().finally(() => {
      evaluating = undefined;
    });
    return evaluating;
  }

  async function load(): Promise<Led> {
    const [records, samples] = await Promise.all([store.records(), store.samples()]);
    const known = records.map(async (record) => ({
      ...record,
      reported: record.reported || (await options.isReported(record)),
    }));
    return { records: await Promise.all(known), history: createHistory(samples, keptMs) };
  }

  async function evaluateOn(current: Led): Promise<void> {
    const { history } = current;
    const points = await collect();
    const now = clock.now();
    const sample = { at: now, values: valuesOf(series, points) };
    const forget = history.add(sample);
    const measured = evaluate(
      rules,
      current.records,
      (rule) => measure(rule.condition, { history, now }),
      now,
    );
    current.records = await withDetails(rules, current.records, measured, (rule) =>
      options.detailOf(rule, now),
    );
    if (!(await save(current, { sample, forget }))) return;
    await announceAll(current, now);
  }

  /** False where another instance has taken over. What the database does not take is kept here until it does. */
  async function save(
    current: Led,
    { sample, forget }: Pick<Parameters<AlertStore['save']>[1], 'sample' | 'forget'> = {},
  ): Promise<boolean> {
    const { records } = current;
    try {
      const saved = await store.save(instance, {
        records,
        ...(sample && { sample }),
        ...(forget && { forget }),
      });
      if (!saved && led === current) {
        leads = false;
        led = undefined;
      }
      return saved;
    } catch (error) {
      outage.failed(error);
      return true;
    }
  }

  async function announceAll(current: Led, now: number): Promise<void> {
    const { records } = current;
    for (const [n, rule] of rules.entries()) {
      const record = records[n];
      if (record && !record.reported) announce(rule, record, records, options);
    }
    const delivered = await notifier.notify(rules, records, now);
    current.records = records.map((record) => ({
      ...record,
      notified: record.notified || delivered.has(record.name),
    }));
    if (delivered.size > 0) await save(current);
    // Saved by the next evaluation: until then the events may not have been published.
    current.records = current.records.map((record) => ({ ...record, reported: true }));
  }

  const first = renew().then(evaluateOnce);
  const renewals = everyInterval(leaseMs / 3, renew);
  const evaluations = everyInterval(everyMs, evaluateOnce);

  return {
    get records() {
      return led?.records;
    },
    async stop() {
      await first;
      await Promise.all([renewals.stop(), evaluations.stop()]);
      if (!leads) return;
      leads = false;
      if (led) await save(led);
      await store.resign(instance).catch(outage.failed);
    },
  };
}

/** What each quantity comes to in the points of now; one that has none is left out. */
function valuesOf(quantities: readonly Quantity[], points: readonly MetricPoint[]): AlertSample['values'] {
  return Object.fromEntries(
    quantities.flatMap((quantity) => {
      const value = sumOf(quantity, points);
      return value === undefined ? [] : [[keyOf(quantity), value]];
    }),
  );
}

/**
 * The records of an evaluation; those of alerts that fired in it get a detail.
 * @param before the records before it
 * @param records one for each rule, in the order of the rules
 */
function withDetails(
  rules: readonly AlertRule[],
  before: readonly AlertRecord[],
  records: readonly AlertRecord[],
  detailOf: (rule: AlertRule) => Promise<string | null>,
): Promise<readonly AlertRecord[]> {
  const fired = new Set(before.map(({ name, firedAt }) => `${name} ${firedAt}`));
  return Promise.all(
    records.map(async (record, n) => {
      const rule = rules[n];
      if (!rule || record.firedAt === null || fired.has(`${record.name} ${record.firedAt}`)) return record;
      return { ...record, detail: await detailOf(rule).catch(() => null) };
    }),
  );
}
