import { newId, type ReceivedEvent } from '@admit-one/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { startEmbedded } from '../stack/embedded.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Scene, startScene } from './scene.ts';

describeInBrowser('the migration from JWTs', [], () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene((origin) =>
      startEmbedded({ FRONTEND_ORIGINS: origin, AUTH_PATHWAYS: 'ticket,jwt', ROUTES: 'default=echo' }),
    );
  });
  afterAll(() => scene?.close());

  async function login(claims: object = {}) {
    const sessionId = newId();
    return { sessionId, jwt: await scene.stack.users.token({ sessionId, ...claims }) };
  }

  async function expectAdmission(session: string, pathway: string): Promise<ReceivedEvent> {
    const type = 'admit.ticket.consumed';
    const [consumed] = await expectStory(scene.stack, { session, pathway, type }, [type]);
    return consumed as ReceivedEvent;
  }

  test('with the flag off the JWT connects, with the flag on a ticket', async () => {
    const { sessionId, jwt } = await login({ groups: Array.from({ length: 250 }, newId) });
    for (const useTickets of [false, true]) {
      const visit = await scene.visit({ useTickets, storage: { jwt } });
      await visit.reach('open');
      expect(await visit.say('hello')).toBe('hello');
      expect(visit.asked).toEqual({ token: 0, ticket: Number(useTickets), status: 0, upgrade: 1 });
      expect(visit.complaints).toEqual([]);
      const consumed = await expectAdmission(sessionId, useTickets ? 'ticket' : 'jwt');
      expect(consumed.data).toMatchObject({ client: 'admit-one/0.1.0', context: { origin: scene.origin } });
    }
  });

  test('after three failures to get a ticket the JWT connects, and later a ticket again', async () => {
    const { sessionId, jwt } = await login();
    const tickets = `http://${new URL(scene.edgeOverNetwork).host}`;
    scene.network.refuse();
    const visit = await scene.visit({ fallsBack: true, tickets, storage: { jwt } });
    await visit.reach('open');
    const failed = ['authenticating', 'waiting(NETWORK)'];
    expect(await visit.states()).toEqual([
      ...[...failed, ...failed, ...failed],
      ...['authenticating', 'connecting', 'open'],
    ]);
    await expectAdmission(sessionId, 'jwt');
    await scene.network.heal();
    await visit.refresh();
    await visit.reach('open');
    await expectAdmission(sessionId, 'ticket');
  });

  test('a JWT that has expired is refreshed once', async () => {
    const { jwt } = await login({ exp: 1_700_000_000 });
    const visit = await scene.visit({ useTickets: false, storage: { jwt } });
    await visit.reach('waiting(INVALID_TOKEN)');
    await visit.reach('open');
    expect(visit.asked).toMatchObject({ token: 1, ticket: 0 });
  });
});
