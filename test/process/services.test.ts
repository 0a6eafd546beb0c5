import { connect, missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Engines,
  readiness,
  runAlone,
  type ServiceName,
  serviceNames,
  startEngines,
  startService,
  variablesOf,
} from './services.fixture.ts';

const missing = missingEngines('redis', 'nats', 'postgres');
const skipped = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing)(`each service in a process of its own${skipped}`, { timeout: 60_000 }, () => {
  let engines: Engines;

  beforeAll(async () => {
    engines = await startEngines();
  });
  afterAll(() => engines.stop());

  test('issues, admits and tells the trail, drains on SIGTERM and exits with 0', async () => {
    const variables = variablesOf(engines);
    const [tickets, edge, audit] = await Promise.all(
      serviceNames.map((name) => startService(name, variables)),
    );
    for (const service of [tickets, edge, audit])
      await expect.poll(() => readiness(service!)).toMatchObject({ status: 200 });
    const headers = { authorization: `Bearer ${await engines.users.token({ scope: 'audit:read' })}` };
    const ask = async (path: string) =>
      (await fetch(`${audit!.url}/api/v1/audit/${path}`, { headers })).json();

    const reply = await fetch(`${tickets!.url}/api/websocket/ticket`, { method: 'POST', headers });
    const { ticket, ticketId } = (await reply.json()) as { ticket: string; ticketId: string };
    const connection = await connect(`${edge!.url.replace('http', 'ws')}/ws`, {
      protocols: ['admit.v1', `ticket.${ticket}`],
    });
    connection.socket.send('hello');
    expect(await connection.next()).toBe('hello');

    edge!.process.kill('SIGTERM');
    expect(await connection.closed).toEqual({ code: 1012, reason: 'RESTARTING' });
    expect(await edge!.ended, edge!.stdout()).toBe(0);
    tickets!.process.kill('SIGTERM');
    expect(await tickets!.ended, tickets!.stdout()).toBe(0);

    await expect
      .poll(() => ask(`events?ticket=${ticketId}`))
      .toMatchObject({
        events: ['ticket.issued', 'ticket.reserved', 'ticket.consumed', 'connection.closed'].map((type) => ({
          type: `admit.${type}`,
        })),
      });
    expect(await ask('sequences?incomplete=true')).toEqual({ partitions: [] });
    audit!.process.kill('SIGTERM');
    expect(await audit!.ended, audit!.stdout()).toBe(0);
    for (const service of [tickets, edge, audit]) expect(service!.stderr()).toBe('');
  });

  test('shows in its API document which release it is', async () => {
    const service = await startService('ticket-service', variablesOf(engines));
    const document = await (await fetch(`${service.url}/openapi.json`)).json();
    expect(document).toMatchObject({ info: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) } });
  });

  test.each([
    ['ticket-service', 'redis', 'store'],
    ['ticket-service', 'nats', 'bus'],
    ['ws-edge', 'nats', 'bus'],
    ['audit-service', 'nats', 'bus'],
    ['audit-service', 'postgres', 'auditLog'],
  ] as const)(
    '%s starts without %s, says that it waits for it, and is ready when it comes',
    async (name, engine, check) => {
      if (name === 'ws-edge') await startService('ticket-service', variablesOf(engines));
      await engines[engine].kill();
      const service = await startService(name, variablesOf(engines));
      expect(await readiness(service)).toMatchObject({ status: 503, checks: { [check]: 'failed' } });
      await engines[engine].start();
      await expect.poll(() => readiness(service)).toMatchObject({ status: 200, checks: { [check]: 'ok' } });
    },
  );
});

describe('a service without what it needs', () => {
  test.each<[ServiceName, readonly string[]]>([
    ['ticket-service', ['NATS_URL', 'REDIS_URL', 'JWT_ISSUER']],
    ['ws-edge', ['NATS_URL']],
    ['audit-service', ['NATS_URL', 'DATABASE_URL', 'OPERATOR_ISSUER']],
  ])('%s does not start, and names all that is missing', async (name, required) => {
    const service = await runAlone(name, { PORT: 'eighty' });
    expect(await service.ended).toBe(1);
    expect(service.stdout()).toBe('');
    expect(service.stderr()).not.toMatch(/\n\s+at /);
    for (const variable of required) expect(service.stderr()).toContain(`  ${variable}: is not set`);
    expect(service.stderr()).toMatch(/PORT: .*"eighty"/);
  });

  test.each(['NATS_URL', 'REDIS_URL'])('is told that %s is no URL, and not what it is', async (variable) => {
    const urls = { NATS_URL: 'nats://localhost', REDIS_URL: 'redis://localhost', [variable]: 'hunter2' };
    const service = await runAlone('ticket-service', { ...urls });
    expect(await service.ended).toBe(1);
    expect(service.stderr()).toContain(`  ${variable}: is not a URL`);
    expect(service.stderr()).not.toContain('hunter2');
  });
});
