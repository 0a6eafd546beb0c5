import { expect, test } from 'vitest';
import { events } from '../../stack/audit-log.ts';
import type { Scene } from '../scene.ts';
import { expectStories } from '../stories.ts';

const routes = ['notifications', 'chat', 'games'];

/** Several sockets of one page. */
export function severalRoutes(scene: () => Scene): void {
  test('a signup opens notifications, chat and games at once, each with a ticket for its route', async () => {
    const visit = await scene().visit({ routes });
    await Promise.all(routes.map((route) => visit.reach('open', route)));
    for (const route of routes) {
      expect(await visit.states(route)).toEqual(['authenticating', 'connecting', 'open']);
      expect(await visit.say(`hello ${route}`, route)).toBe(`hello ${route}`);
    }
    expect(visit.asked).toEqual({ token: 1, ticket: 3, status: 0, upgrade: 3 });
    expect(visit.complaints).toEqual([]);

    const session = await visit.session();
    await expectStories(
      scene().stack,
      session,
      routes.map(() => 'issued reserved consumed'),
    );
    const issued = await events(scene().stack, { session, type: 'admit.ticket.issued' });
    expect(issued.map(({ data }) => data.route).sort()).toEqual([...routes].sort());
  });
}
