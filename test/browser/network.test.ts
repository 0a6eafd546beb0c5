import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Scene, startScene } from './scene.ts';
import { expectStories, storiesOf } from './stories.ts';

const TTL_SECONDS = 5;

describeInBrowser('the network', [], () => {
  let scene: Scene<EmbeddedStack>;

  beforeAll(async () => {
    scene = await startScene((origin) =>
      startEmbedded({ FRONTEND_ORIGINS: origin, TICKET_TTL_SECONDS: `${TTL_SECONDS}` }),
    );
  });
  afterAll(() => scene?.close());

  test('offline, nothing is tried; online again, a new ticket connects', async () => {
    const guest = await scene.visit({ edge: scene.edgeOverNetwork });
    await guest.reach('open');
    await guest.page.context().setOffline(true);
    scene.network.refuse();
    scene.network.cut();
    await guest.reach('waiting(OFFLINE)');
    await scene.network.heal();
    await guest.page.context().setOffline(false);
    await guest.reach('open');

    expect(await guest.states()).toEqual([
      ...['authenticating', 'connecting', 'open'],
      ...['waiting(OFFLINE)', 'authenticating', 'connecting', 'open'],
    ]);
    expect(guest.asked).toEqual({ token: 1, ticket: 2, status: 0, upgrade: 2 });
    expect(guest.complaints).toEqual([]);
    await expectStories(scene.stack, await guest.session(), [
      'issued reserved consumed closed(1006)',
      'issued reserved consumed',
    ]);
  });

  test('a ticket that expires on a slow network is followed by a new one', async () => {
    scene.network.delay(1.2 * TTL_SECONDS * 1_000, 'towardsServer');
    const guest = await scene.visit({ edge: scene.edgeOverNetwork });
    await guest.reach('waiting(NOT_AUTHORIZED)');
    await scene.network.heal();
    await guest.reach('open');

    const session = await guest.session();
    await expect
      .poll(async () => (await storiesOf(scene.stack, session)).join())
      .toMatch(/^(issued rejected\(ticket_expired\),)+issued reserved consumed$/);
    expect(guest.asked.ticket).toBeLessThanOrEqual(3);
  });
});
