import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, expectNothingMissing } from '../e2e/trail.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Scene, startScene } from './scene.ts';
import { expectStories } from './stories.ts';

const routes = ['notifications', 'chat', 'games'];

describeInBrowser('several sockets of one page', [], () => {
  let scene: Scene<EmbeddedStack>;

  beforeAll(async () => {
    scene = await startScene((origin) =>
      startEmbedded({
        FRONTEND_ORIGINS: origin,
        ROUTES: routes.map((route) => `${route}=echo`).join(),
      }),
    );
  });
  afterAll(async () => {
    await expectNothingMissing(scene.stack);
    await scene.close();
  });

  test('a signup opens notifications, chat and games at once, each with a ticket for its route', async () => {
    const visit = await scene.visit({ routes });
    await Promise.all(routes.map((route) => visit.reach('open', route)));
    for (const route of routes) {
      expect(await visit.states(route)).toEqual(['authenticating', 'connecting', 'open']);
      expect(await visit.say(`hello ${route}`, route)).toBe(`hello ${route}`);
    }
    expect(visit.asked).toEqual({ token: 1, ticket: 3, status: 0, upgrade: 3 });
    expect(visit.complaints).toEqual([]);

    const session = await visit.session();
    await expectStories(
      scene.stack,
      session,
      routes.map(() => 'issued reserved consumed'),
    );
    const issued = await events(scene.stack, { session, type: 'admit.ticket.issued' });
    expect(issued.map(({ data }) => data.boundRoute).sort()).toEqual([...routes].sort());
  });
});
