import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingMissing, expectRejections } from '../e2e/trail.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Scene, startScene } from './scene.ts';
import { expectStories } from './stories.ts';

describeInBrowser('a page of an origin that is not allowed', [], () => {
  let scene: Scene<EmbeddedStack>;

  beforeAll(async () => {
    scene = await startScene(() => startEmbedded());
  });
  afterAll(async () => {
    await expectNothingMissing(scene.stack);
    await scene.close();
  });

  test('is told by the edge, though its ticket is good, and stops', async () => {
    const jwt = await scene.stack.users.token({ sessionId: 'with-a-backend' });
    const visit = await scene.visit({
      origin: scene.strangeOrigin,
      storage: { jwt },
      hasBackend: true,
    });
    await visit.reach('stopped(ORIGIN_BLOCKED)');
    expect(visit.asked).toEqual({ token: 0, ticket: 0, status: 0, upgrade: 1 });
    const counts = await expectRejections(scene.stack, { type: 'admit.handshake.rejected' }, 1);
    expect(counts).toEqual({ origin_blocked: 1 });
    await expectStories(scene.stack, 'with-a-backend', ['issued']);
  });

  test('gets no ticket, finds out why, and stops', async () => {
    const jwt = await scene.stack.users.token({ sessionId: 'without-a-backend' });
    const visit = await scene.visit({ origin: scene.strangeOrigin, storage: { jwt } });
    await visit.reach('stopped(ORIGIN_BLOCKED)');
    expect(visit.asked.ticket).toBe(1);
    await expectStories(scene.stack, 'without-a-backend', []);
  });
});
