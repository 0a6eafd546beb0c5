import { logAlertRules } from '@admit-one/audit-service';
import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { ask } from '../stack/audit-log.ts';
import { type LogLine, startService } from '../stack/service-process.ts';
import { type AuditInProcess, startAuditInProcess } from './audit-in-process.ts';
import { type Cause, causes, letMinutesPass } from './causes.ts';
import { scaledRule } from './scaled-rules.ts';
import { type RunningScene, startScene } from './scene.ts';

const EVERY_MS = 500;
const FIRES_MS = 90_000;
const RESOLVES_MS = 150_000;
const TEST_MS = 300_000;

/** What is said with `CAUSES` is tried alone: parts of what it injects, separated by `|`. */
const chosen = new RegExp(process.env.CAUSES ?? '');

interface Listed {
  readonly alert: string;
  readonly status: string;
}

describeFaults('every alert that the audit-service can decide, by its cause', () => {
  let scene: RunningScene;
  let audit: AuditInProcess;

  beforeAll(async () => {
    scene = await startScene({
      everyMs: 500,
      async start(name, variables) {
        if (name !== 'audit-service') return startService(name, variables);
        audit = await startAuditInProcess(variables, logAlertRules.map(scaledRule), EVERY_MS);
        return audit;
      },
    });
  });
  afterAll(() => scene?.stop());

  const said = (message: string): readonly LogLine[] => audit.lines(message);
  const fired = () => said('alert_fired').map(({ alert }) => String(alert));
  const resolved = () => said('alert_resolved').map(({ alert }) => String(alert));

  /** Waits until no alert fires or is about to: what a cause leaves behind would be taken for an effect of the next one. */
  async function quiet(): Promise<void> {
    await eventually(
      async () => {
        await letMinutesPass(scene);
        const { alerts } = await ask<{ readonly alerts: readonly Listed[] }>(scene.stack, 'alerts');
        const active = alerts.filter(({ status }) => status !== 'resolved');
        expect(active.map(({ alert, status }) => `${alert} ${status}`)).toEqual([]);
      },
      { what: 'the end of every alert', timeoutMs: RESOLVES_MS, everyMs: 500 },
    );
  }

  /** Waits until every one of these has fired since. */
  async function haveFired(since: number, names: readonly string[]) {
    await eventually(() => expect(fired().slice(since)).toEqual(expect.arrayContaining([...names])), {
      what: `${names}`,
      timeoutMs: FIRES_MS,
    });
  }

  function secondsOf(message: string, name: string, since: number): string {
    const line = said(message).findLast(({ alert }) => alert === name);
    const seconds = (Date.parse(String(line?.time)) - since) / 1000;
    return seconds.toFixed(1);
  }

  test.each(causes.filter(({ injects }) => chosen.test(injects)))(
    '$fires by its cause: $injects',
    async (cause: Cause) => {
      const { injects, fires, firesAfter = [], mayFire = [] } = cause;
      await quiet();
      const before = fired().length;
      const resolvedBefore = resolved().length;
      const beganAt = Date.now();
      let endedAt = beganAt;
      const end = await cause.begin(scene);
      await haveFired(before, fires).finally(() => {
        endedAt = Date.now();
        return end();
      });
      await haveFired(before, firesAfter);
      await quiet();
      const heard = fired().slice(before);
      const caused: readonly string[] = [...fires, ...firesAfter];
      const also = heard.filter((name) => !caused.includes(name));
      for (const name of caused) {
        const seconds = [secondsOf('alert_fired', name, beganAt), secondsOf('alert_resolved', name, endedAt)];
        process.stdout.write(`| ${name} | ${injects} | ${seconds.join(' | ')} | ${also.join(', ')} |\n`);
      }
      expect(resolved().slice(resolvedBefore).sort()).toEqual(heard.toSorted());
      expect(heard).toEqual([...new Set(heard)]);
      expect(also.filter((name) => !(mayFire as readonly string[]).includes(name))).toEqual([]);
    },
    TEST_MS,
  );

  test.skipIf(process.env.CAUSES)('no alert of the evaluator is without a cause', () => {
    const caused = causes.flatMap(({ fires, firesAfter = [] }) => [...fires, ...firesAfter]);
    const decided = logAlertRules.map(({ name }) => name).filter((name) => name !== 'AdmitWatchdog');
    expect([...new Set<string>(caused)].sort()).toEqual(decided.sort());
  });
});
