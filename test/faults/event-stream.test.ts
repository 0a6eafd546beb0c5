import { randomBytes } from 'node:crypto';
import { openNatsBus } from '@admit-one/adapter-nats';
import { type EncodedEvent, encodeEvent, eventCatalogue, type NewEvent, newId } from '@admit-one/core';
import { admissionTypes } from '@admit-one/port-contracts';
import { connect, eventually, missingEngines, startNats, UpgradeRejected } from '@admit-one/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { events } from '../stack/audit-log.ts';
import { startServices } from '../stack/services.ts';
import { carrying, routeUrl } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';
import { codesOf, expectSound, isLong } from './soundness.ts';
import { keepVisiting } from './visits.ts';

const MIB = 2 ** 20;
const missing = missingEngines('nats');

/** How often the audit-service trims. */
const TRIM_SECONDS = 5;

describe.skipIf(missing !== undefined)('the event stream', { timeout: 1_800_000 }, () => {
  /** A day at 50 admissions a second, or a part of it in a stream that is as much smaller; at least four times what it holds. */
  test('is never full while it is consumed, however many admissions pass', async () => {
    const share = isLong ? 1 : 1 / 256;
    const maxBytes = Math.max(4 * MIB, 1_024 * MIB * share);
    const admissions = Math.floor(24 * 3_600 * 50 * share);
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    const bus = await openNatsBus({
      url: nats.url,
      name: 'test',
      stream: { maxBytes },
      onError: () => {},
      onDiagnostic: () => {},
    });
    onTestFinished(() => bus.close());
    let stored = 0;
    await bus.events.consume('audit', async (deliveries) => {
      for (const { body } of deliveries) stored += JSON.parse(Buffer.from(body).toString()).length;
    });
    let highest = 0;
    let refused = 0;
    let published = 0;
    for (let second = 0; second < admissions / 50; second += 1) {
      for (const batch of secondOfAdmissions())
        await bus.events.publish(batch).then(
          () => {
            published += batch.length;
          },
          () => {
            refused += 1;
          },
        );
      if (second % TRIM_SECONDS > 0) continue;
      await eventually(() => stored >= published, { what: 'every event consumed' });
      await bus.events.trim('audit', 3_600_000);
      highest = Math.max(highest, bus.events.fillRatio);
    }
    await eventually(() => stored >= published, { what: 'every event consumed' });
    console.log(
      `${admissions} admissions (a day at 50/s${isLong ? '' : ` × ${share}`}) through ${maxBytes / MIB} MiB: fill at most ${highest.toFixed(2)}, refused ${refused}`,
    );
    expect({ refused, stored }).toEqual({ refused: 0, stored: published });
    expect(highest).toBeLessThan(0.7);
  });
});

describeFaults('the event stream', () => {
  const seconds = isLong ? 300 : 8;
  const size = isLong ? 64 * MIB : 4 * MIB;

  test('keeps room for rightful users in a flood of garbage tickets', { timeout: 600_000 }, async () => {
    const stack = await startServices({ variables: { NATS_STREAM_MAX_BYTES: String(size) } });
    onTestFinished(() => stack.stop());
    const until = Date.now() + seconds * 1_000;
    const visits = keepVisiting(stack, { atATime: 2 });
    let garbage = 0;
    await Promise.all(
      Array.from({ length: 16 }, async (_, stranger) => {
        while (Date.now() < until) {
          const ticket = randomBytes(16).toString('hex');
          const url = routeUrl(stack, 'echo', stranger);
          const rejected = await connect(url, { protocols: carrying(ticket) }).catch((error) => error);
          // What is unavailable is recorded as that.
          if (rejected instanceof UpgradeRejected && rejected.status === 401) garbage += 1;
        }
      }),
    );
    const made = await visits.stop();
    const admitted = made.filter(({ kind }) => kind === 'admitted').length;
    const fills = await Promise.all(stack.ticketServices.map((service) => service.metrics()));
    const fill = fills.map((text) => Number(/^admit_event_stream_fill_ratio\S* (\S+)$/m.exec(text)?.[1]));
    console.log(
      `${garbage} garbage tickets in ${seconds} s at ${size / MIB} MiB: ${admitted} of ${made.length} rightful visits admitted, codes ${JSON.stringify(codesOf(made))}, fill ${Math.max(...fill).toFixed(2)}`,
    );
    expect(codesOf(made)).not.toContain('OVERLOADED');
    expect(garbage).toBeGreaterThan(0);
    expect(admitted).toBeGreaterThan(0);
    expect(Math.max(...fill)).toBeLessThan(0.7);
    await expectSound(stack, made);
    // What they have folded would come within a minute.
    await Promise.all(stack.ticketServices.map((service) => service.stop()));
    await eventually(
      async () => {
        const rejected = await events(stack, { type: 'admit.ticket.rejected' });
        const counted = rejected.reduce((sum, { data }) => sum + Number(data.count), 0);
        expect(counted).toBeGreaterThanOrEqual(garbage);
      },
      { what: 'a count of every garbage ticket', everyMs: 250 },
    );
  });
});

let sequence = 0;
const key = newId();

/** The batches of 50 admissions, as a relay publishes them together. */
function secondOfAdmissions(): readonly (readonly EncodedEvent[])[] {
  return admissionTypes.map((type) =>
    Array.from({ length: 50 }, () => {
      sequence += 1;
      const { example: data } = eventCatalogue[type];
      const event = { type, source: 'test', subject: newId(), time: Date.now(), traceparent: null };
      // Ids and addresses of visitors, which compress badly.
      const noise = randomBytes(200).toString('base64');
      return encodeEvent({ ...event, data: { ...data, noise } } as unknown as NewEvent, key, sequence);
    }),
  );
}
