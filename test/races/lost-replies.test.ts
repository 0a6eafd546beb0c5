import type { FaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { expectAdmissions, expectRefusals, expectSound, isLong } from '../faults/soundness.ts';
import { keepVisiting } from '../faults/visits.ts';
import { expectAllAdmitted } from './expect-all-admitted.ts';
import { type SickEdge, startSickEdge } from './sick-edge.ts';

const ROUNDS = isLong ? 3 : 1;

describeFaults('an edge whose link to the bus', () => {
  let sick: SickEdge;

  beforeAll(async () => {
    sick = await startSickEdge();
  });
  afterAll(() => sick?.stop());

  test.each<{ does: string; fault: (link: FaultProxy) => void }>([
    { does: 'loses replies', fault: (link) => link.dropTowardsClient() },
    { does: 'loses requests', fault: (link) => link.dropTowardsServer() },
    { does: 'breaks', fault: breakOff },
  ])('$does time and again: nobody gets in twice, and afterwards everybody gets in', async ({ fault }) => {
    const { stack, edge, link } = sick;
    for (let round = 0; round < ROUNDS; round += 1) {
      const visits = keepVisiting(stack, { atATime: 12 });
      await expectAdmissions(visits, { withinMs: 20_000 });
      fault(link);
      await expectRefusals(visits);
      await link.heal();
      await expectAllAdmitted(stack);
      await expectSound(stack, await visits.stop());
    }
    await edge.ready();
  });
});

function breakOff(link: FaultProxy): void {
  link.refuse();
  link.cut();
}
