import { setTimeout as elapse } from 'node:timers/promises';
import { type FaultProxy, startFaultProxy } from '@admit-one/testkit';
import { afterEach, expect, test } from 'vitest';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { describeFaults } from './describe-faults.ts';
import { codesOf, expectAdmissions, expectRefusal, expectSound } from './soundness.ts';
import { keepVisiting } from './visits.ts';

/** What a visitor may be told while the bus is away, and nothing else. */
const AWAY = ['UNAVAILABLE'];

describeFaults('NATS', () => {
  let stack: ServicesStack;
  let proxy: FaultProxy | undefined;

  afterEach(async () => {
    await stack.stop();
    await proxy?.close();
  });

  test('stopped for a while: upgrades are refused, then all is as before', async () => {
    stack = await startServices();
    const { nats } = stack.engines;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await nats.pause();
    expect(await expectRefusal(stack)).toMatchObject({
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

  test('killed and restarted: refused at once, nothing acknowledged is lost', async () => {
    stack = await startServices();
    const { nats } = stack.engines;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await nats.kill();
    expect(await expectRefusal(stack)).toMatchObject({
      step: 'connection',
      status: 503,
      code: 'UNAVAILABLE',
    });
    const refusal = await expectRefusal(stack);
    expect(refusal.ms).toBeLessThan(1_000);
    await nats.start();
    await expectAdmissions(visits, { withinMs: 10_000 });
    const made = await visits.stop();
    expect(codesOf(made)).toEqual(AWAY);
    await expectSound(stack, made);
  });

  test('reached over a link that is half open: noticed, refused, and mended without a restart', async () => {
    stack = await startServices({
      async natsUrl(engine) {
        proxy = await startFaultProxy(engine);
        return proxy.url(engine.url);
      },
    });
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    proxy?.dropTowardsClient();
    expect(await expectRefusal(stack)).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    await elapse(3_000);
    await proxy?.heal();
    await expectAdmissions(visits, { withinMs: 15_000 });
    await expectSound(stack, await visits.stop());
  });
});
