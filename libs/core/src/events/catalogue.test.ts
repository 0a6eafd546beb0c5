import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Errors } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import {
  AUDIT_LOG_PARTITION_KEY,
  type EventType,
  eventRow,
  eventTypes,
  isEventType,
  mayPublishUnder,
  sequenceOwnerOf,
  subjectOf,
} from './catalogue.ts';
import { eventFacts } from './event-facts.ts';

describe('an event type', () => {
  it.each(eventTypes)('%s is a noun and a verb, and its subject on the bus says the same', (type) => {
    expect(type).toMatch(/^admit\.[a-z]+\.[a-z]+$/);
    expect(subjectOf(type).split('.')).toEqual(['admit', 'event', ...type.split('.').slice(1)]);
    expect(isEventType(type)).toBe(true);
  });

  it('is numbered by the store where it is appended together with a state', () => {
    const stored = eventTypes.filter((type) => eventRow(type).numberedBy === 'store');
    const ofStore = /^admit\.(ticket\..*|session\.revoked|control\.changed|store\.(started|stopped))$/;
    expect(stored).toEqual(eventTypes.filter((type) => ofStore.test(type)));
  });

  it.each(eventTypes)('%s has an example of its schema', (type) => {
    const { data, example } = eventRow(type);
    expect(Errors(data, example)).toEqual([true, []]);
    expect(Errors(data, {})[0]).toBe(false);
  });

  it.each([
    '',
    'admit.ticket',
    'admit.ticket.lost',
    'toString',
    '__proto__',
    null,
    1,
    ['admit.ticket.issued'],
  ])('is not %j', (value) => expect(isEventType(value)).toBe(false));
});

describe('the owner of a partition key', () => {
  it.each([
    ['p00.epoch', 'store'],
    ['p09.epoch', 'store'],
    ['p15.epoch', 'store'],
    ['p00', 'instance'],
    ['xp00.epoch', 'instance'],
    ['ws-edge-1.aZ09', 'instance'],
    ['p16.epoch', null],
    ['p1.epoch', null],
    ['p.epoch', null],
    ['p00.', null],
    ['p00.a.b', null],
    ['p00.a b', null],
    ['a b', null],
    ['a\n', null],
    ['.a', null],
    ['a'.repeat(129), null],
    [AUDIT_LOG_PARTITION_KEY, null],
    ['', null],
  ])('%j is %j', (partitionKey, owner) => expect(sequenceOwnerOf(partitionKey)).toBe(owner));
});

describe('who may publish under a partition key', () => {
  it.each<[boolean, EventType, string]>([
    [true, 'admit.ticket.consumed', 'p07.epoch'],
    [true, 'admit.store.started', 'p07.epoch'],
    [true, 'admit.store.stopped', 'p07.epoch'],
    [false, 'admit.ticket.consumed', 'ticket-service-1'],
    [false, 'admit.connection.closed', 'p07.epoch'],
    [true, 'admit.connection.closed', 'ws-edge-1'],
    [true, 'admit.connection.closed', 'my-server'],
    [false, 'admit.connection.closed', 'ticket-service-1'],
    [false, 'admit.connection.closed', 'audit-service-1'],
    [false, 'admit.connection.closed', AUDIT_LOG_PARTITION_KEY],
    [true, 'admit.store.acknowledged', 'ticket-service-1'],
    [false, 'admit.store.acknowledged', 'ws-edge-1'],
    [false, 'admit.store.acknowledged', 'p07.epoch'],
    [true, 'admit.service.stopped', 'audit-service-1'],
    [false, 'admit.audit.accessed', 'ws-edge-1'],
  ])('%s: %s under %s', (may, type, key) => expect(mayPublishUnder(type, key)).toBe(may));
});

describe('a fact of the audit log', () => {
  it.each(Object.entries(eventFacts))('%s is a member of some type', (_fact, paths) => {
    const holders = paths.map((path) =>
      eventTypes.filter(
        (type) => (path as readonly string[]).reduce<unknown>(memberOf, eventRow(type).data) !== undefined,
      ),
    );
    expect(holders).not.toContainEqual([]);
  });

  /** The schema of a member, `anyOf` looked through. */
  function memberOf(schema: unknown, name: string): unknown {
    const { properties, anyOf = [] } = (schema ?? {}) as {
      properties?: Record<string, unknown>;
      anyOf?: unknown[];
    };
    return (
      properties?.[name] ?? anyOf.map((branch) => memberOf(branch, name)).find((found) => found !== undefined)
    );
  }
});

describe('the sources of the services', () => {
  const root = join(import.meta.dirname, '../../../..');
  const sources = ['libs', 'services']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter(
      (file) =>
        /^\w+\/[^/]+\/src\/.*\.ts$/.test(file) && !/\.(test|fixture)\.ts$|\/catalogue\.ts$/.test(file),
    )
    .map((file) => readFileSync(join(root, file), 'utf8'));
  const isNamed = (type: EventType) => sources.some((text) => text.includes(`'${type}'`));

  it('publish every type', () => {
    expect(eventTypes.filter(isNamed)).toEqual(eventTypes);
  });
});
