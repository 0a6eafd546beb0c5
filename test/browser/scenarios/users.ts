import { expect, test } from 'vitest';
import { events } from '../../stack/audit-log.ts';
import type { Scene } from '../scene.ts';
import { storiesOf } from '../stories.ts';
import type { Visit } from '../visit.ts';

/** One tab, and one user after the other. */
export function severalUsers(scene: () => Scene): void {
  function tokenOf(user: string): Promise<string> {
    return scene().stack.users.token({ sub: user, sessionId: `session-of-${user}` });
  }

  /** A page with a ticket in reserve. */
  async function visitAs(user: string, edge = scene().edge): Promise<Visit> {
    const visit = await scene().visit({ edge, prefetch: true, storage: { jwt: await tokenOf(user) } });
    await visit.reach('open');
    await expect.poll(() => visit.asked.ticket).toBe(2);
    return visit;
  }

  async function expectNotMixed(visit: Visit, one: string, other: string): Promise<void> {
    await visit.reach('open');
    // Before any poll: seconds later, the page asks for a ticket in reserve.
    expect(visit.asked).toEqual({ token: 0, ticket: 3, status: 0, upgrade: 2 });
    const admitted = () => events(scene().stack, { user: other, type: 'admit.ticket.consumed' });
    await expect.poll(admitted).toHaveLength(1);
    // An edge tells of a close by itself, so the audit log may hear of the next admission first.
    await expect
      .poll(async () => (await storiesOf(scene().stack, `session-of-${one}`)).toSorted())
      .toEqual(['issued', expect.stringMatching(/^issued reserved consumed closed/)]);
  }

  test('the second gets no ticket of the first', async () => {
    const loggedOut = await visitAs('alice');
    await loggedOut.page.evaluate(() => window.app.logOut());
    await loggedOut.reach('stopped(CLOSED)');
    await loggedOut.page.evaluate((token) => window.app.logIn(token), await tokenOf('bob'));
    await expectNotMixed(loggedOut, 'alice', 'bob');

    const replaced = await visitAs('carol', scene().edgeOverNetwork);
    await replaced.page.evaluate((token) => localStorage.setItem('jwt', token), await tokenOf('dave'));
    scene().network.cut();
    await expectNotMixed(replaced, 'carol', 'dave');
  });

  test('nobody is signed in: it stops until somebody is', async () => {
    const visit = await scene().visit({ storage: { 'signed-out': 'true' } });
    await visit.reach('stopped(SIGNED_OUT)');
    expect(visit.asked).toEqual({ token: 0, ticket: 0, status: 0, upgrade: 0 });
    expect(await visit.states()).toEqual(['authenticating', 'stopped(SIGNED_OUT)']);
    await visit.page.evaluate((token) => window.app.logIn(token), await tokenOf('erin'));
    await visit.reach('open');
  });
}
