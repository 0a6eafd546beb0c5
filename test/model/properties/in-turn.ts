import fc from 'fast-check';
import { expect } from 'vitest';
import { actsInTurn } from './acts.ts';
import { carryOut, expectOf } from './deeds.ts';
import type { Told } from './reference.ts';
import { processOf, type Subject } from './subjects.ts';
import { beginTrial } from './trial.ts';

export interface InTurnOptions {
  readonly timePasses: boolean;
  /** Hears how every command ended: `accepted`, or the reason of its refusal. */
  readonly onEnded?: (how: string) => void;
}

/** Whatever is done one after the other: the store and the reference say the same each time, and tell the same of it. */
export function agreesInTurn(open: () => Subject, { timePasses, onEnded = () => {} }: InTurnOptions) {
  return fc.asyncProperty(actsInTurn({ timePasses }), async (acts) => {
    const subject = open();
    const { reference, deedOf, trail } = beginTrial(subject);
    const expected: Told[] = [];
    for (const [n, act] of acts.entries()) {
      if (act.kind === 'wait') {
        subject.pass?.(act.ms);
        continue;
      }
      const deed = await deedOf(act);
      const result = await carryOut(deed, processOf(subject, n));
      const due = expectOf(reference, deed, result);
      const { outcome } = result;
      expect(outcome, `${act}`).toEqual(due?.outcome ?? null);
      if (outcome) onEnded(outcome.kind === 'accepted' ? 'accepted' : outcome.reason);
      expected.push(...(due?.events ?? []));
    }
    for (const told of Object.values(await trail()))
      expect(told).toEqual(expected.filter(({ subject: of }) => of === told[0]?.subject));
  });
}
