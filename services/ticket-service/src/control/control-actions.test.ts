import { BusError } from '@admit-one/core';
import { expect, onTestFinished, test, vi } from 'vitest';
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

test('a dry run while the bus is away is answered with 503', async () => {
  const fixture = await startFixture();
  onTestFinished(() => fixture.stop());
  const publish = vi.spyOn(fixture.bus.messages, 'publish').mockImplementation(() => {
    throw new BusError('disconnected', 'the bus is away');
  });
  onTestFinished(() => publish.mockRestore());
  const reply = fixture.decide('POST', 'actions', { drain: 'ws-edge-1', dryRun: true });
  await expect(reply).rejects.toThrow(/503 .*UPSTREAM_UNAVAILABLE/);
});
