import { newId } from '@admit-one/core';
import { expect, test } from 'vitest';
import type { Scene } from '../scene.ts';
import { expectStories } from '../stories.ts';

/** Long enough for a renewal shortly before the token's end on a busy machine. */
export const GRACE_SECONDS = 4;

/** On a route whose connections expire with their token, so many seconds after it. */
export function renewal(scene: () => Scene): void {
  /** With a token for so many seconds, and the one that its page gets by a refresh. */
  async function visitFor(seconds: number, sessionId: string, refreshed: string) {
    const { users } = scene().stack;
    const storage = {
      'signed-out': 'true',
      'refreshed-jwt': await users.token({ sessionId: refreshed }),
    };
    const visit = await scene().visit({ routes: ['orders'], storage });
    await visit.reach('stopped(SIGNED_OUT)', 'orders');
    // Not sooner: a busy machine takes long to open a page.
    const exp = Math.floor(Date.now() / 1000) + seconds;
    await visit.page.evaluate((token) => window.app.logIn(token), await users.token({ sessionId, exp }));
    return { visit, exp };
  }

  test('is replaced without a new connection, and no message is lost', async () => {
    const { stack } = scene();
    const sessionId = newId();
    const { visit, exp } = await visitFor(12, sessionId, sessionId);
    await visit.reach('open', 'orders');

    const { sent, heard } = await visit.page.evaluate(
      async (until) => {
        const socket = window.app.lines.orders?.socket;
        const heard: number[] = [];
        let sent = 0;
        await new Promise<void>((resolve) => {
          socket?.addEventListener('message', ({ data }) => {
            heard.push(Number(data));
            if (Date.now() > until && heard.length === sent) resolve();
          });
          const sending = setInterval(() => {
            socket?.send(`${sent}`);
            sent += 1;
            if (Date.now() < until) return;
            clearInterval(sending);
            setTimeout(resolve, 10_000);
          }, 20);
        });
        return { sent, heard };
      },
      (exp + GRACE_SECONDS + 1) * 1000,
    );
    expect(sent).toBeGreaterThan(100);
    expect(heard).toEqual([...Array(sent).keys()]);
    expect(visit.asked).toMatchObject({ ticket: 1, upgrade: 1 });
    const signingIn = ['authenticating', 'stopped(SIGNED_OUT)'];
    expect(await visit.states('orders')).toEqual([...signingIn, 'authenticating', 'connecting', 'open']);
    await expectStories(stack, sessionId, ['issued reserved consumed renewed']);
  });

  test('ends its connection where the refreshed one is of another session', async () => {
    const { stack } = scene();
    const sessionId = newId();
    const { visit } = await visitFor(8, sessionId, newId());
    await visit.reach('waiting(SESSION_EXPIRED)', 'orders');
    await visit.reach('open', 'orders');
    await expectStories(stack, sessionId, ['issued reserved consumed closed(session_expired)']);
  });
}
