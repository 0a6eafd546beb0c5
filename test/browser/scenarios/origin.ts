import { expect, test } from 'vitest';
import { expectRejections } from '../../stack/audit-log.ts';
import type { Scene } from '../scene.ts';
import { expectStories } from '../stories.ts';

/** A page of an origin that is not allowed. */
export function blockedOrigin(scene: () => Scene): void {
  test('is told by the edge, though its ticket is good, and stops', async () => {
    const jwt = await scene().stack.users.token({ sessionId: 'with-a-backend' });
    const visit = await scene().visit({
      origin: scene().strangeOrigin,
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
    const counts = await expectRejections(
      scene().stack,
      { type: 'admit.handshake.rejected', reason: 'origin_blocked' },
      1,
    );
    expect(counts).toEqual({ origin_blocked: 1 });
    await expectStories(scene().stack, 'with-a-backend', ['issued']);
  });

  test('gets no ticket, reads why, and stops', async () => {
    const jwt = await scene().stack.users.token({ sessionId: 'without-a-backend' });
    const visit = await scene().visit({ origin: scene().strangeOrigin, storage: { jwt } });
    await visit.reach('stopped(ORIGIN_BLOCKED)');
    expect(await visit.states()).toEqual(['authenticating', 'stopped(ORIGIN_BLOCKED)']);
    expect(visit.asked).toEqual({ token: 0, ticket: 1, status: 0, upgrade: 0 });
    await expectStories(scene().stack, 'without-a-backend', []);
  });
}
