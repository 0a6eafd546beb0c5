import type { FaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { expectAdmissions, expectRejections, expectSound, isLong } from '../faults/soundness.ts';
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

  test.each<{ does: string; disturb: (link: FaultProxy) => void }>([
    { does: 'loses replies', disturb: (link) => link.dropTowardsClient() },
    { does: 'loses requests', disturb: (link) => link.dropTowardsServer() },
    { does: 'breaks', disturb: breakOff },
  ])('$does time and again: nobody gets in twice, and afterwards everybody gets in', async ({ disturb }) => {
    const { stack, edge, link } = sick;
    for (let round = 0; round < ROUNDS; round += 1) {
      const visits = keepVisiting(stack, { atATime: 12 });
      await expectAdmissions(visits, { withinMs: 20_000 });
      disturb(link);
      await expectRejections(visits);
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
