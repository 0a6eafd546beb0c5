import fc from 'fast-check';
import { expect } from 'vitest';
import { stepsInTurn } from './actions.ts';
import { carryOut, expectOf } from './operations.ts';
import type { Told } from './reference.ts';
import { processOf, type Subject } from './subjects.ts';
import { beginTrial } from './trial.ts';

export interface InTurnOptions {
  readonly timePasses: boolean;
  /** Hears how every command ended: `accepted`, or the reason of its rejection. */
  readonly onEnded?: (how: string) => void;
}

/** Whatever is done one after the other: the store and the reference say the same each time, and tell the same of it. */
export function agreesInTurn(open: () => Subject, { timePasses, onEnded = () => {} }: InTurnOptions) {
  return fc.asyncProperty(stepsInTurn({ timePasses }), async (steps) => {
    const subject = open();
    const { reference, operationOf, auditLog } = beginTrial(subject);
    const expected: Told[] = [];
    for (const [n, step] of steps.entries()) {
      if (step.kind === 'wait') {
        subject.pass?.(step.ms);
        continue;
      }
      const operation = await operationOf(step);
      const result = await carryOut(operation, processOf(subject, n));
      const due = expectOf(reference, operation, result);
      const { outcome } = result;
      expect(outcome, `${step}`).toEqual(due?.outcome ?? null);
      if (outcome) onEnded(outcome.kind === 'accepted' ? 'accepted' : outcome.reason);
      expected.push(...(due?.events ?? []));
    }
    for (const told of Object.values(await auditLog()))
      expect(told).toEqual(expected.filter(({ subject: of }) => of === told[0]?.subject));
  });
}
