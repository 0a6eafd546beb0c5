import { expect, onTestFinished, test } from 'vitest';
import { startFixture } from '../ticket-service.fixture.ts';

test.each([true, false])(
  'a drain of an edge that nobody has heard of is unconfirmed, dry run %s',
  async (dryRun) => {
    const fixture = await startFixture();
    onTestFinished(() => fixture.stop());
    const reply = await fixture.decide('POST', 'actions', { drain: 'ws-egde-1', dryRun });
    expect(reply).toMatchObject({ edges: { confirmed: [], unconfirmed: ['ws-egde-1'] } });
  },
);
