import { type EpochEnd, handshakeKeyOf, newId, type Outbox, PARTITIONS } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { ticketSubjects } from '@admit-one/ticket-client';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ON_BEHALF_PATH } from './issue/on-behalf-routes.ts';
import { ticketPaths } from './issue/ticket-routes.ts';
import { STATUS_PATH } from './status/status-routes.ts';
import { type Fixture, startFixture } from './ticket-service.fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.stop());

describe('a ticket-service', () => {
  test('says when it starts and stops, numbers what it reports, and leaves nothing in the outbox', async () => {
    const token = await fixture.provider.token();
    await fixture.ask(token);
    for (let n = 0; n < 5; n += 1) await fixture.ask();
    await fixture.service.stop();
    await eventually(() => expect(own().at(-1)?.type).toBe('admit.service.stopped'), {
      what: 'the event of the stop',
    });

    const types = own().map(({ type }) => type);
    expect(types.filter((type) => type !== 'admit.service.alive')).toEqual([
      'admit.service.started',
      ...Array.from({ length: 5 }, () => 'admit.issuance.rejected'),
      'admit.service.stopped',
    ]);
    expect(own().map(({ sequence }) => Number(sequence))).toEqual(types.map((_, n) => n + 1));
    expect(fixture.events.filter(({ type }) => type === 'admit.ticket.issued')).toHaveLength(1);
  });

  test('reports how far it knows that an ended epoch of the store had come', async () => {
    let end: (end: EpochEnd) => void = () => {};
    const onEpochEnd: Outbox['onEpochEnd'] = (listener) => {
      end = listener;
      return () => {};
    };
    const observed = await startFixture({ outboxOf: (outbox) => ({ ...outbox, onEpochEnd }) });
    onTestFinished(() => observed.stop());
    end({ partitionkey: 'p07.old', lastSequence: 412 });
    await expect
      .poll(() => observed.events.find(({ type }) => type === 'admit.store.acknowledged'))
      .toMatchObject({
        partitionkey: observed.instance,
        data: { epoch: 'p07.old', lastSequence: 412 },
      });
  });

  /** What the instance reported of itself, in its own order. */
  function own() {
    return fixture.events
      .filter(({ partitionkey }) => partitionkey === fixture.instance)
      .sort((a, b) => a.sequence.localeCompare(b.sequence));
  }

  test('answers nobody after its stop', async () => {
    await fixture.service.stop();
    await expect(fixture.bus.requests.request(ticketSubjects.time, {}, 1_000)).rejects.toMatchObject({
      code: 'no_responders',
    });
  });

  test('measures commands and the outbox', async () => {
    const unknown = { command: newId(), handshake: handshakeKeyOf('x'), proof: handshakeKeyOf('y') };
    const context = { address: null, origin: null, agent: null, route: null, carrier: null };
    await fixture.ask(await fixture.provider.token());
    await fixture.bus.requests.request(
      ticketSubjects.reserve,
      { ...unknown, deadline: Date.now() + 5_000, context: { ...context, edge: null, traceparent: null } },
      1_000,
    );
    const metrics = await fixture.metrics();
    expect(metrics).toMatch(/admit_commands_total\{.*command="issue",outcome="accepted",reason="none".*\} 1/);
    expect(metrics).toMatch(
      /admit_commands_total\{.*command="reserve",outcome="rejected",reason="ticket_unknown".*\} 1/,
    );
    expect(metrics).toMatch(/admit_command_duration_seconds_count\{.*command="issue".*\} 1/);
    expect(metrics.match(/^admit_outbox_events\{.*partition="p\d\d".*\} \d+$/gm)).toHaveLength(16);
    expect(metrics).toMatch(/^admit_outbox_soft_bound_events\{.*partition="p15".*\} 4000$/m);
    expect(metrics).toMatch(/^admit_outbox_hard_bound_events\{.*partition="p15".*\} 5000$/m);
  });

  test('describes its API', async () => {
    const document = (await (await fetch(`${fixture.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { summary: string; security: unknown; responses: object }>>;
    };
    const issuing = [...ticketPaths, { method: 'POST', url: ON_BEHALF_PATH }];
    for (const { method, url } of [...issuing, { method: 'POST', url: STATUS_PATH }]) {
      const operation = document.paths[url]?.[method.toLowerCase()];
      expect(operation).toMatchObject({ summary: expect.any(String), security: [{ bearer: [] }] });
      expect(Object.keys(operation!.responses)).toEqual(['200', '400', '401', '403', '429', '503']);
    }
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/auth/token', '/.well-known/jwks.json']),
    );
  });
});

test('anyone may ask for readiness, metrics and the time, and the store is asked once', async () => {
  const ping = vi.spyOn(fixture.store, 'ping');
  const level = vi.spyOn(fixture.outbox, 'level');
  const many = Array.from({ length: 50 }, (_, n) => n);
  const ready = await Promise.all(many.map(() => fetch(`${fixture.url}/readyz`)));
  expect(new Set(ready.map(({ status }) => status))).toEqual(new Set([200]));
  const times = await Promise.all(
    many.map(() => fixture.bus.requests.request(ticketSubjects.time, {}, 5_000)),
  );
  expect(times).toHaveLength(50);
  await Promise.all(many.map(() => fixture.metrics()));
  expect(ping.mock.calls.length).toBeLessThan(25);
  expect(level.mock.calls.length).toBeLessThan(25 * PARTITIONS);
});
