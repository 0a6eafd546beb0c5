import { missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNothingMissing, expectStory } from '../stack/audit-log.ts';
import type { ServiceName } from '../stack/service-process.ts';
import { connectAdmitted, issueTicket } from '../stack/visitor.ts';
import { type Engines, readiness, runAlone, startEngines, startService } from './services.fixture.ts';

const missing = missingEngines('redis', 'nats', 'postgres');
const skipped = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing)(`each service in its own process${skipped}`, () => {
  let engines: Engines;

  beforeAll(async () => {
    engines = await startEngines();
  });
  afterAll(() => engines.stop());

  test('issues, admits and records, drains on SIGTERM and exits with 0', async () => {
    const start = (name: ServiceName) => startService(name, engines.variables[name]);
    const [tickets, edge, audit] = await Promise.all([
      start('ticket-service'),
      start('ws-edge'),
      start('audit-service'),
    ]);
    for (const service of [tickets, edge, audit])
      await expect.poll(() => readiness(service)).toMatchObject({ status: 200 });
    const stack = {
      tickets: tickets.url,
      edges: [edge.url.replace('http', 'ws')],
      users: engines.users,
      audit: audit.url,
      operatorToken: () => engines.users.token({ scope: 'audit:read' }),
    };
    const issued = await issueTicket(stack);
    const connection = await connectAdmitted(stack, issued);

    edge.process.kill('SIGTERM');
    expect(await connection.closed).toEqual({ code: 1012, reason: 'RESTARTING' });
    expect(await edge.ended, edge.stdout()).toBe(0);
    tickets.process.kill('SIGTERM');
    expect(await tickets.ended, tickets.stdout()).toBe(0);

    await expectStory(stack, { ticket: issued.ticketId }, [
      'admit.ticket.issued',
      'admit.ticket.reserved',
      'admit.ticket.consumed',
      'admit.connection.closed',
    ]);
    await expectNothingMissing(stack);
    audit.process.kill('SIGTERM');
    expect(await audit.ended, audit.stdout()).toBe(0);
    for (const service of [tickets, edge, audit]) expect(service.stderr()).toBe('');
  });

  test('shows in its API document which release it is', async () => {
    const service = await startService('ticket-service', engines.variables['ticket-service']);
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
      // A new store gets its decisions from the audit log.
      if (name !== 'audit-service') await startService('audit-service', engines.variables['audit-service']);
      if (name === 'ws-edge') await startService('ticket-service', engines.variables['ticket-service']);
      await engines[engine].kill();
      const service = await startService(name, engines.variables[name]);
      const failed = { status: 'failed', dependency: engine, cause: expect.stringMatching(/./) };
      const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
      expect(await readiness(service)).toMatchObject({
        status: 503,
        checks: { [check]: { ...failed, since } },
      });
      await expect.poll(service.stdout).toMatch(new RegExp(`"dependency":"${engine}".*"dependency_down"`));
      await engines[engine].start();
      const ok = { status: 'ok', dependency: engine };
      await expect.poll(() => readiness(service)).toMatchObject({ status: 200, checks: { [check]: ok } });
      expect(service.stdout()).toMatch(
        new RegExp(`"dependency":"${engine}","downSeconds":.*"dependency_up"`),
      );
      expect(service.stdout()).not.toContain('"stack"');
    },
  );
});

const away = {
  NATS_URL: 'nats://127.0.0.1:1',
  REDIS_URL: 'redis://127.0.0.1:1',
  DATABASE_URL: 'postgres://127.0.0.1:1/admit_one',
};

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
    const service = await runAlone('ticket-service', { ...away, [variable]: 'hunter2' });
    expect(await service.ended).toBe(1);
    expect(service.stderr()).toContain(`  ${variable}: is not a URL`);
    expect(service.stderr()).not.toContain('hunter2');
  });

  test.each<ServiceName>(['ticket-service', 'ws-edge', 'audit-service'])(
    '%s ends on SIGTERM all the same, and says with its exit code that something was not sent',
    async (name) => {
      const service = await startService(name, {
        ...away,
        PORT: '0',
        METRICS_PORT: '0',
        SHUTDOWN_SECONDS: '2',
        DRAIN_SECONDS: '0',
        JWT_ISSUER: 'https://issuer.example',
        JWT_AUDIENCE: 'app',
        JWT_JWKS_URL: 'https://issuer.example/jwks.json',
        OPERATOR_ISSUER: 'https://issuer.example',
        OPERATOR_JWKS_URL: 'https://issuer.example/jwks.json',
      });
      service.process.kill('SIGTERM');
      expect(await service.ended).toBe(1);
      expect(service.stdout()).toMatch(/"count":\d+.*NATS is not connected.*"events_lost"/);
      // The second where the machine is too busy for what follows the last try.
      expect(service.stdout()).toMatch(/NATS is not connected.*"stopped_with_errors"|"stop_took_too_long"/);
    },
  );
});
