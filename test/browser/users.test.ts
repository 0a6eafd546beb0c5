import { type FaultProxy, startFaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, expectNothingMissing } from '../e2e/trail.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Scene, startScene } from './scene.ts';
import { storiesOf } from './stories.ts';
import type { Visit } from './visit.ts';

describeInBrowser('two users of one tab', [], () => {
  let scene: Scene<EmbeddedStack>;
  let network: FaultProxy;

  beforeAll(async () => {
    scene = await startScene((origin) => startEmbedded({ FRONTEND_ORIGINS: origin }));
    const { hostname, port } = new URL(scene.stack.tickets);
    network = await startFaultProxy({ host: hostname, port: Number(port) });
  });
  afterAll(async () => {
    await network.close();
    await expectNothingMissing(scene.stack);
    await scene.close();
  });

  function tokenOf(user: string): Promise<string> {
    return scene.stack.users.token({ sub: user, sessionId: `session-of-${user}` });
  }

  /** A page with a ticket in reserve. */
  async function visitAs(user: string): Promise<Visit> {
    const edge = network.url(scene.stack.edges[0] ?? '').replace(/\/$/, '');
    const visit = await scene.visit({ edge, prefetch: true, storage: { jwt: await tokenOf(user) } });
    await visit.reach('open');
    await expect.poll(() => visit.asked.ticket).toBe(2);
    return visit;
  }

  test.each([
    {
      how: 'after a log-out',
      users: ['alice', 'bob'] as const,
      async change(visit: Visit, token: string) {
        await visit.page.evaluate(() => window.app.logOut());
        await visit.reach('stopped(CLOSED)');
        await visit.page.evaluate((other) => window.app.logIn(other), token);
      },
    },
    {
      how: 'in another tab of the same origin, before the connection breaks',
      users: ['carol', 'dave'] as const,
      async change(visit: Visit, token: string) {
        await visit.page.evaluate((other) => localStorage.setItem('jwt', other), token);
        network.cut();
      },
    },
  ])('who comes $how gets no ticket of who was there before', async ({ users: [one, other], change }) => {
    const visit = await visitAs(one);
    await change(visit, await tokenOf(other));
    await visit.reach('open');

    const admitted = () => events(scene.stack, { user: other, type: 'admit.ticket.consumed' });
    await expect.poll(admitted).toHaveLength(1);
    const stories = await storiesOf(scene.stack, `session-of-${one}`);
    expect(stories).toEqual([expect.stringMatching(/^issued reserved consumed closed/), 'issued']);
    expect(visit.asked).toMatchObject({ token: 0, status: 0, upgrade: 2 });
  });
});
