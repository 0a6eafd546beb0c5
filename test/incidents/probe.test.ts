import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { whileDown } from '../faults/rejected.ts';
import { admit } from '../stack/admit.ts';
import { events, expectStory } from '../stack/audit-log.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { FRONTEND } from '../stack/stack.ts';
import { fetchKeys, issueTicket } from '../stack/visitor.ts';

// What an operator sees of each outage from outside: the step that fails, and what to do.
describeFaults('admit probe', () => {
  let stack: ServicesStack;
  let directory: TemporaryDirectory;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    stack = await startServices({ variables: { JWT_SYNTHETIC_CLAIM: 'scope:probe' } });
    const token = await stack.users.token({ sub: 'probe', scope: 'openid probe' });
    await writeFile(join(directory.path, 'token'), token);
  });
  afterAll(async () => {
    await stack?.stop();
    await directory.remove();
  });

  async function probe(...more: readonly string[]) {
    const patient = ['--timeout', '60', '--token-file', join(directory.path, 'token')];
    const urls = ['--url', stack.tickets, '--ws-url', `${stack.edges[0]?.replace('ws:', 'http:')}`];
    const { code, stdout } = await admit(stack, ['probe', '--once', ...urls, ...patient, ...more]).ended;
    return { code, stdout };
  }

  async function whileAway<T>(services: readonly ServiceProcess[], work: () => Promise<T>): Promise<T> {
    await Promise.all(services.map((service) => service.kill()));
    try {
      return await work();
    } finally {
      await Promise.all(services.map((service) => service.start()));
      await Promise.all(services.map((service) => service.ready()));
      await Promise.all(
        stack.ticketServices.map(({ url }) => fetchKeys({ tickets: url, users: stack.users })),
      );
    }
  }

  test('succeeds, and its events are synthetic, where those of a user are not', async () => {
    expect(await probe('--origin', FRONTEND)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(' ok in '),
    });
    await issueTicket(stack, await stack.users.token({ sub: 'ann' }));
    await expectStory(stack, { user: 'ann' }, ['admit.ticket.issued']);
    await expectStory(stack, { synthetic: 'true' }, [
      'admit.ticket.issued',
      'admit.ticket.reserved',
      'admit.ticket.consumed',
      'admit.connection.closed',
    ]);
    const others = await events(stack, { 'synthetic!': 'true' });
    expect(others.filter(({ data }) => 'principal' in data)).toMatchObject([
      { data: { principal: { user: 'ann' } } },
    ]);
  });

  test('on a bridge, needs --ping', async () => {
    expect(await probe('--route', 'bridge', '--ping')).toMatchObject({ code: 0 });
    expect(await probe('--route', 'bridge', '--timeout', '5')).toMatchObject({ code: 13 });
  });

  test.each<[string, number, string, () => Promise<{ code: number; stdout: string }>]>([
    [
      'the name has no address',
      11,
      'ticket: The name admit.invalid cannot be resolved. Check --url.',
      () => probe('--url', 'http://admit.invalid'),
    ],
    [
      'the origin is another',
      11,
      'ticket: ORIGIN_BLOCKED: ',
      () => probe('--origin', 'https://other.example'),
    ],
    [
      'the ticket-services are away',
      11,
      'ticket: Nothing listens at ',
      () => whileAway(stack.ticketServices, probe),
    ],
    [
      'NATS is away',
      12,
      'upgrade: UNAVAILABLE: The ticket service does not answer.',
      () => whileDown(stack.engines.nats, probe),
    ],
    ['the edge is away', 12, 'upgrade: Nothing listens at ', () => whileAway(stack.edgeServices, probe)],
  ])('says so where %s', async (_, exitCode, sentence, fail) => {
    const { code, stdout } = await fail();
    expect(stdout).toContain(`failed at ${sentence}`);
    expect(code).toBe(exitCode);
  });
});
