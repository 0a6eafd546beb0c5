import { setTimeout as elapse } from 'node:timers/promises';
import { maintainEventStream } from '@admit-one/diagnostics';
import { asRole, eventually, type FaultProxy, startFaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { askJetStream, type ServicesStack, startServices } from '../stack/services.ts';
import { describeFaults } from './describe-faults.ts';
import {
  codesOf,
  expectAdmissions,
  expectRejection,
  expectRejections,
  expectSound,
  fastestOf,
} from './soundness.ts';
import { keepVisiting, makeVisit, type Visit } from './visits.ts';

/** What a visitor may be told while the bus is away, and nothing else. */
const AWAY = ['UNAVAILABLE'];

describeFaults('NATS', () => {
  let stack: ServicesStack;
  let proxy: FaultProxy;

  beforeAll(async () => {
    stack = await startServices({
      async natsUrl(engine) {
        proxy = await startFaultProxy(engine);
        return proxy.url(engine.url);
      },
    });
  });
  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  test('stopped for a while: upgrades are rejected, then all is as before', async () => {
    const { nats } = stack.engines;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await nats.pause();
    expect(await expectRejection(stack)).toMatchObject({
      step: 'connection',
      status: 503,
      code: 'UNAVAILABLE',
    });
    await elapse(3_000);
    await nats.resume();
    await expectAdmissions(visits, { withinMs: 5_000 });
    const made = await visits.stop();
    expect(made.filter(({ kind }) => kind === 'broken')).toEqual([]);
    expect(codesOf(made)).toEqual(AWAY);
    await expectSound(stack, made);
  });

  test('killed and restarted: rejected at once, nothing acknowledged is lost', async () => {
    const { nats } = stack.engines;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await nats.kill();
    expect(await expectRejection(stack)).toMatchObject({
      step: 'connection',
      status: 503,
      code: 'UNAVAILABLE',
    });
    const rejection = await expectRejection(stack);
    expect(fastestOf([rejection, ...(await expectRejections(visits, 5))])).toBeLessThan(1_000);
    await nats.start();
    await expectAdmissions(visits, { withinMs: 10_000 });
    const made = await visits.stop();
    expect(codesOf(made)).toEqual(AWAY);
    await expectSound(stack, made);
  });

  test('reached over a link that is half open: noticed, rejected, and mended without a restart', async () => {
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    proxy.dropTowardsClient();
    expect(await expectRejection(stack)).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    await elapse(3_000);
    await proxy.heal();
    await expectAdmissions(visits, { withinMs: 15_000 });
    await expectSound(stack, await visits.stop());
  });

  test('whose stream was deleted: it is created again, and later events are in the audit log', async () => {
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await admin(stack, 'STREAM.DELETE.ADMIT');
    await expectAdmissions(visits, { withinMs: 15_000 });
    await visits.stop();
    const since = await makeVisit(stack);
    expect(since).toMatchObject({ kind: 'admitted' });
    const { ticketId } = since as Extract<Visit, { kind: 'admitted' }>;
    await expectStory(stack, { ticket: ticketId, type: 'admit.ticket.consumed' }, ['admit.ticket.consumed']);
  });
});

describeFaults('NATS', () => {
  test('whose stream is full: no ticket goes out unaudited, and all goes on when there is room', async () => {
    const stack = await startServices({ variables: { OUTBOX_SOFT_BOUND: '40', OUTBOX_HARD_BOUND: '80' } });
    onTestFinished(() => stack.stop());
    const env = { NATS_URL: asRole(stack.engines.nats.url, 'operator') };
    await maintainEventStream(env, ({ resize }) => resize(250_000));
    // What it commits, it trims: the stream would never be full.
    stack.auditService.pause();
    onTestFinished(() => stack.auditService.resume());
    const visits = keepVisiting(stack);
    await eventually(() => codesOf(visits.made).includes('OVERLOADED'), {
      what: 'a rejection for want of room',
      everyMs: 100,
    });
    const isReady = async () => (await fetch(`${stack.tickets}/readyz`)).json();
    await eventually(
      async () => expect(await isReady()).toMatchObject({ checks: { outboxRoom: { status: 'failed' } } }),
      {
        what: 'readiness that names the cause',
      },
    );
    await maintainEventStream(env, ({ resize }) => resize(100 * 2 ** 20));
    await expectAdmissions(visits, { withinMs: 15_000 });
    stack.auditService.resume();
    const made = await visits.stop();
    expect(codesOf(made)).toEqual(['OVERLOADED']);
    await expectSound(stack, made);
  });
});

/** Asks JetStream's own API, as an operator's tool does. */
function admin<T>(stack: ServicesStack, subject: string, body: object = {}): Promise<T> {
  return askJetStream(stack.jetStreamApi, subject, body);
}
