import { type EventType, newId } from '@admit-one/core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  publish,
  startEngines,
  startFixture,
} from '../audit-service.fixture.ts';
import type { Completeness } from './completeness.ts';

const PATH = '/api/v1/audit/completeness';
const ACKNOWLEDGEMENTS = `${PATH}/acknowledgements`;
const SCOPE = 'audit:acknowledge';
const since = expect.stringMatching(/Z$/);

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.close());
beforeEach(() => engines.clear());

async function start(): Promise<Fixture> {
  const fixture = await startFixture(engines, { config: { gapGraceMs: 50 } });
  onTestFinished(() => fixture.stop());
  return fixture;
}

async function completeness({ get }: Fixture, query = ''): Promise<Completeness> {
  return (await get(`${PATH}${query}`)).body as unknown as Completeness;
}

/** Publishes two of three events of an edge, two that are in conflict, and a message that is none. */
async function publishIncomplete({ bus }: Fixture): Promise<void> {
  await publish(
    bus,
    [1, 3].map((sequence) => eventOf({ partitionkey: 'edge', sequence })),
  );
  const event = eventOf({ partitionkey: 'forger' });
  await publish(bus, [event, { ...event, subject: newId() }]);
  await publish(bus, [eventOf({ type: 'admit.ticket.issued', partitionkey: 'an-edge' })]);
}

test('tells what is missing, in conflict and kept aside, with since when, and nothing that is in order', async () => {
  const fixture = await start();
  const allPartitions = async () =>
    (await completeness(fixture, '?all=true')).partitions.map(({ partitionkey }) => partitionkey);
  // Its own events are in order.
  await expect.poll(allPartitions).toContain(fixture.instance);
  await publishIncomplete(fixture);
  await expect.poll(async () => (await completeness(fixture)).deadLetters).toBe(1);
  await expect.poll(() => fixture.metric('admit_audit_missing_events')).toBe(1);
  const { streams, ...report } = await completeness(fixture);
  expect(report).toEqual({
    horizon: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    partitions: [
      {
        ...{ partitionkey: 'edge', state: 'open', missing: [[2, 2]], missingCount: 1 },
        ...{ conflictCount: 0, acknowledgedCount: 0, since },
      },
      {
        ...{ partitionkey: 'forger', state: 'open', missing: [], missingCount: 0 },
        ...{ conflictCount: 1, acknowledgedCount: 0, since },
      },
    ],
    ...{ conflicts: 1, conflictsSince: since, deadLetters: 1, deadLettersSince: since },
    ...{ deadLetterSubjects: ['admit.event.ticket.issued'], acknowledgements: [] },
  });
  expect(streams).toMatchObject([{ state: 'current', missingCount: 0, lostCount: 0, since: null }]);
});

test('an operator acknowledges what is wrong, with a reason: it counts no more, is shown as such, and recorded', async () => {
  const fixture = await start();
  const { post, metric, logs } = fixture;
  await publishIncomplete(fixture);
  await expect.poll(() => metric('admit_audit_missing_events')).toBe(1);
  await expect.poll(() => metric('admit_audit_dead_letters')).toBe(1);
  const acknowledged = [
    { kind: 'partition', name: 'edge' },
    { kind: 'conflicts', name: 'forger' },
    { kind: 'dead_letters', name: 'admit.event.ticket.issued' },
  ].map((what) => ({ ...what, reason: 'INC-7: its disk was lost' }));
  for (const body of acknowledged) {
    const { status, body: reply } = await post(ACKNOWLEDGEMENTS, body, SCOPE);
    expect([status, reply]).toEqual([201, { ...body, operator: expect.any(String) }]);
  }
  expect(await completeness(fixture)).toMatchObject({ partitions: [], conflicts: 0, deadLetters: 0 });
  const all = await completeness(fixture, '?all=true');
  expect(all.acknowledgements).toMatchObject(acknowledged.toReversed());
  expect(all.partitions.find(({ partitionkey }) => partitionkey === 'edge')).toMatchObject({
    ...{ missingCount: 0, acknowledgedCount: 1, since: null },
  });
  await expect.poll(() => metric('admit_audit_missing_events')).toBe(0);
  await expect.poll(() => metric('admit_audit_conflicting_events')).toBe(0);
  await expect.poll(() => metric('admit_audit_dead_letters')).toBe(0);
  expect(logs.named('missing_events_acknowledged')).toMatchObject([{ partitionkey: 'edge', count: 1 }]);
  expect(logs.named('missing_events_arrived')).toEqual([]);
  const accessed: EventType = 'admit.audit.accessed';
  const recorded = () =>
    engines.auditLog.query({ facts: { type: { include: [accessed] } } }, { limit: 10, order: 'asc' });
  await expect.poll(async () => (await recorded()).events).toHaveLength(acknowledged.length);
  expect((await recorded()).events[0]).toMatchObject({
    data: { acknowledged: { kind: 'partition', name: 'edge' }, justification: 'INC-7: its disk was lost' },
  });
});

test.each<[string, string, unknown, number, RegExp]>([
  [
    'without the scope',
    'audit:read',
    { kind: 'partition', name: 'edge', reason: 'x' },
    403,
    /audit:acknowledge/,
  ],
  [
    'of what is in order',
    SCOPE,
    { kind: 'partition', name: 'edge', reason: 'x' },
    400,
    /^Nothing is missing under the partition key "edge"/,
  ],
  [
    'of an unknown generation',
    SCOPE,
    { kind: 'stream', name: '9', reason: 'x' },
    400,
    /^Nothing is missing or lost of the generation "9"/,
  ],
  ['of another kind', SCOPE, { kind: 'all', name: 'edge', reason: 'x' }, 400, /kind/],
  ['without a reason', SCOPE, { kind: 'partition', name: 'edge' }, 400, /reason/],
  ['with an empty reason', SCOPE, { kind: 'partition', name: 'edge', reason: '  ' }, 400, /reason/],
  [
    'with a member too many',
    SCOPE,
    { kind: 'partition', name: 'edge', reason: 'x', operator: 'ceo' },
    400,
    /member "operator"/,
  ],
  ['that is no object', SCOPE, [], 400, /object/],
])('an acknowledgement %s is rejected', async (_what, scope, body, status, detail) => {
  const { post } = await start();
  const answer = await post(ACKNOWLEDGEMENTS, body, scope);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toMatch(detail);
  expect(await engines.auditLog.acknowledgements()).toEqual([]);
});

test('whoever only acknowledges may not read, nor anyone without a token', async () => {
  const { ask, get } = await start();
  const token = await engines.provider.token({ scope: SCOPE });
  expect((await ask(PATH, { authorization: `Bearer ${token}` })).status).toBe(403);
  expect((await get(PATH, null)).status).toBe(401);
});
