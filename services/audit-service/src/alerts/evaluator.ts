import type { AlertRecord, Running } from '@admit-one/core';
import { createOutageLog } from '@admit-one/runtime';
import { everyInterval } from '../every-interval.ts';
import { type Evaluation, type EvaluationOptions, loadEvaluation } from './evaluation.ts';

export interface EvaluatorOptions extends EvaluationOptions {
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

/**
 * Evaluates the alerts at every interval, on one of the instances that share a database. Another one that takes over goes on
 * with the same state. While the database is away, the leader goes on with what it knows, since then alerts matter most; where
 * only this instance has lost it, another one takes over, and both may notify. An instance without the bus leads only where no other one has it either.
 */
export function startEvaluator(options: EvaluatorOptions): Evaluator {
  const { store, instance, log, everyMs, leaseMs, isExplained, isConnected } = options;
  const outage = createOutageLog({
    log,
    failure: 'alerts_not_kept',
    recovery: 'alerts_kept_again',
    isExplained,
  });
  let leads = false;
  let led: Evaluation | undefined;

  async function renew(): Promise<void> {
    try {
      leads = await store.lead(instance, leaseMs, isConnected());
      if (!leads) led = undefined;
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  }

  async function evaluate(): Promise<void> {
    if (!leads) return;
    try {
      led ??= await loadEvaluation(options, outage.failed);
      const current = led;
      if ((await current.run()) || led !== current) return;
      leads = false;
      led = undefined;
    } catch (error) {
      outage.failed(error);
    }
  }

  let evaluating: Promise<void> | undefined;
  function evaluateOnce(): Promise<void> {
    evaluating ??= evaluate().finally(() => {
      evaluating = undefined;
    });
    return evaluating;
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
      if (led) await led.save();
      await store.resign(instance).catch(outage.failed);
    },
  };
}
