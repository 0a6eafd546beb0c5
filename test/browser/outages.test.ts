import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, expectRejections } from '../stack/audit-log.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Scene, startScene } from './scene.ts';
import type { Visit } from './visit.ts';

/** More than attempts with backoff need for these outages, and far fewer than a loop makes. */
const MOST_ATTEMPTS = 25;

describeInBrowser('outages', ['redis', 'nats', 'postgres'], () => {
  let scene: Scene<ServicesStack>;
  let edge: ServiceProcess;

  beforeAll(async () => {
    scene = await startScene((origin) => startServices({ variables: { FRONTEND_ORIGINS: origin } }));
    const [first] = scene.stack.edgeServices;
    if (!first) throw new Error('the stack has no edge');
    edge = first;
  });
  afterAll(() => scene?.close());

  /** What a line was, in a row: `open waiting(NETWORK) authenticating connecting open`. */
  async function course(visit: Visit): Promise<string> {
    return (await visit.states()).join(' ');
  }

  async function expectNoLoop(visit: Visit): Promise<void> {
    expect(visit.asked.token).toBe(1);
    expect(visit.asked.ticket).toBeLessThan(MOST_ATTEMPTS);
    expect(visit.asked.upgrade).toBeLessThanOrEqual(visit.asked.ticket);
    expect(visit.thrown).toEqual([]);
    const session = await visit.session();
    expect(await events(scene.stack, { session, type: 'admit.ticket.rejected' })).toEqual([]);
  }

  test.each([
    {
      how: 'stands still, then goes on',
      down: (): Promise<void> => scene.stack.engines.redis.pause(),
      up: (): Promise<void> => scene.stack.engines.redis.resume(),
    },
    {
      how: 'is killed, then starts with nothing',
      down: () => scene.stack.engines.redis.kill(),
      up: () => scene.stack.engines.redis.start(),
    },
  ])('when Redis $how, who comes meanwhile waits, and who is connected stays', async ({ down, up }) => {
    const stays = await scene.visit();
    await stays.reach('open');
    expect(await stays.say('admitted')).toBe('admitted');
    await down();
    const comes = await scene.visit();
    await comes.reach('waiting(REDIS_UNAVAILABLE)');
    await comes.reach('waiting(REDIS_UNAVAILABLE)');
    await up();
    await comes.reach('open');

    // The other ticket-service, which the edge may ask, can take longer to find Redis again.
    const taken = await course(comes);
    expect(taken).toMatch(
      /^authenticating (waiting\(REDIS_UNAVAILABLE\) authenticating ){2,}(connecting (open )?waiting\(\w+\) authenticating )*connecting open$/,
    );
    await expectNoLoop(comes);
    expect(await course(stays)).toBe('authenticating connecting open');
    expect(comes.complaints).toContain('[WS] Soft failure - service unavailable (503), will retry');
    const rejections = comes.asked.ticket - taken.split('connecting').length + 1;
    const query = { session: await comes.session(), type: 'admit.issuance.rejected' };
    expect(await expectRejections(scene.stack, query, rejections)).toEqual({ store_unavailable: rejections });
  });

  test('an edge that is killed and started again is found again', async () => {
    const visit = await scene.visit();
    await visit.reach('open');
    await edge.kill();
    await visit.reach('waiting(NETWORK)');
    await visit.reach('waiting(NETWORK)');
    await edge.start();
    await visit.reach('open');
    expect(await course(visit)).toMatch(
      /^authenticating connecting open (waiting\(NETWORK\) authenticating connecting ){2,}open$/,
    );
    await expectNoLoop(visit);
  });

  test('an edge that is stopped says so, and is found again', async () => {
    const visit = await scene.visit();
    await visit.reach('open');
    await edge.stop();
    await visit.reach('waiting(RESTARTING)');
    await edge.start();
    await visit.reach('open');
    expect(await course(visit)).toMatch(
      /^authenticating connecting open waiting\(RESTARTING\) authenticating connecting (waiting\(\w+\) authenticating (connecting )?)*open$/,
    );
    await expectNoLoop(visit);
  });

  test('everything is down, and comes back', async () => {
    const visit = await scene.visit();
    await visit.reach('open');
    const services = [...scene.stack.ticketServices, edge];
    await Promise.all(services.map((service) => service.kill()));
    await visit.reach('waiting(NETWORK)');
    await visit.reach('waiting(NETWORK)');
    await Promise.all(services.map((service) => service.start()));
    await visit.reach('open');
    await expectNoLoop(visit);
  });
});
