import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingMissing, expectRejections } from '../e2e/trail.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Scene, startScene } from './scene.ts';
import { expectStories } from './stories.ts';

const TRIES = 3;

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
    expect(await visit.states()).toEqual([
      ...['authenticating', 'connecting', 'open'],
      'stopped(ORIGIN_BLOCKED)',
    ]);
    expect(visit.asked).toEqual({ token: 0, ticket: 0, status: 0, upgrade: 1 });
    expect(visit.complaints).toEqual([expect.stringMatching(/^\[WS\] Hard failure - stopping reconnect/)]);
    const counts = await expectRejections(scene.stack, { type: 'admit.handshake.rejected' }, 1);
    expect(counts).toEqual({ origin_blocked: 1 });
    await expectStories(scene.stack, 'with-a-backend', ['issued']);
  });

  test('gets no ticket and cannot read why, and does not insist', async () => {
    const jwt = await scene.stack.users.token({ sessionId: 'without-a-backend' });
    const visit = await scene.visit({ origin: scene.strangeOrigin, storage: { jwt } });
    for (let tries = 0; tries < TRIES; tries += 1) await visit.reach('waiting(NETWORK)');
    expect(visit.asked).toEqual({ token: 0, ticket: TRIES, status: 0, upgrade: 0 });
    await expectStories(scene.stack, 'without-a-backend', []);
  });
});
