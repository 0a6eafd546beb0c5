import type { FaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { expectAdmissions, expectRefusals, expectSound } from '../faults/soundness.ts';
import { keepVisiting } from '../faults/visits.ts';
import { expectEverybodyIn, type SickEdge, startSickEdge } from './sick-edge.ts';

const ROUNDS = 3;

describeFaults('an edge whose link to the bus', () => {
  let sick: SickEdge;

  beforeAll(async () => {
    sick = await startSickEdge();
  });
  afterAll(() => sick?.stop());

  test.each<{ loses: string; break: (link: FaultProxy) => void }>([
    { loses: 'replies', break: (link) => link.dropTowardsClient() },
    { loses: 'requests', break: (link) => link.dropTowardsServer() },
    { loses: 'both, and breaks', break: breakOff },
  ])('loses $loses time and again: nobody gets in twice, and afterwards everybody gets in', async (fault) => {
    const { stack, link } = sick;
    for (let round = 0; round < ROUNDS; round += 1) {
      const visits = keepVisiting(stack, { atATime: 12 });
      await expectAdmissions(visits, { withinMs: 20_000 });
      fault.break(link);
      await expectRefusals(visits);
      await link.heal();
      await expectEverybodyIn(stack);
      await expectSound(stack, await visits.stop());
    }
    expect(link.connections).toBe(1);
  });
});

function breakOff(link: FaultProxy): void {
  link.refuse();
  link.cut();
}
