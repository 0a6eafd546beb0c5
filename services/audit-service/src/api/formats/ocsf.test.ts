import {
  type EventType,
  eventCatalogue,
  eventTypes,
  type NewEvent,
  numbered,
  reasons,
  type StoredEvent,
} from '@admit-one/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { ocsfEvent } from './ocsf.ts';
import { ocsfSchema } from './ocsf-schema.fixture.ts';

const ajv = new Ajv2020({
  allErrors: true,
  formats: { ipv4: /^[\d.]+$/, ipv6: /^[\da-f:.]+$/ },
  strict: false,
});
const validate = ajv.compile(ocsfSchema);
const time = Date.UTC(2026, 0, 31, 12);

function stored(type: EventType, data: unknown = eventCatalogue[type].example): StoredEvent {
  const event = { type, source: 'edge-1', subject: 'u7lqBqkC', time, traceparent: null, data } as NewEvent;
  return { ...numbered(event, 'p00.epoch', 7), position: '1.48213.0' } as StoredEvent;
}

function issuesOf(event: unknown) {
  return validate(event)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const types = Object.keys(eventCatalogue) as EventType[];

test.each(types)('%s is valid', (type) => {
  expect(issuesOf(ocsfEvent(stored(type)))).toEqual([]);
});

test.each(types)('%s of another version is valid', (type) => {
  const data = { context: { address: 'unknown' }, principal: { user: 7 }, firstAt: 'x', reason: 'later' };
  expect(issuesOf(ocsfEvent(stored(type, data)))).toEqual([]);
});

test.each(Object.keys(reasons))('a rejection with the reason %s is valid', (reason) => {
  expect(issuesOf(ocsfEvent(stored('admit.handshake.rejected', { reason, count: 1 })))).toEqual([]);
});

test('the extract of the schema finds what is wrong', () => {
  const event = ocsfEvent(stored('admit.ticket.consumed'));
  for (const wrong of [{ user: {} }, { class_uid: 3001 }, { activity_id: 7 }, { adress: 'x' }, { time: 'x' }])
    expect(validate({ ...event, ...wrong })).toBe(false);
});

test('a replayed ticket is a failed logon from its address', () => {
  expect(ocsfEvent(stored('admit.ticket.rejected'))).toMatchObject({
    class_uid: 3002,
    activity_id: 1,
    type_uid: 300201,
    time,
    severity: 'Medium',
    status: 'Failure',
    status_code: 'ticket_replayed',
    user: { uid: 'user-17' },
    session: { uid: '5f2c7d1e', issuer: 'main' },
    src_endpoint: { ip: '192.0.2.17' },
    http_request: {
      user_agent: 'Mozilla/5.0',
      http_headers: [{ name: 'Origin', value: 'https://app.example.com' }],
    },
    metadata: { uid: 'p00.epoch.0000000000000007', correlation_uid: 'u7lqBqkC' },
    unmapped: { position: '1.48213.0', sequence: '0000000000000007' },
  });
});

test('a folded rejection stands for many', () => {
  const data = { reason: 'rate_limited', count: 40, firstAt: time, lastAt: time + 60_000 };
  expect(ocsfEvent(stored('admit.issuance.rejected', data))).toMatchObject({
    activity_id: 99,
    user: { name: 'unknown' },
    count: 40,
    start_time: time,
    end_time: time + 60_000,
  });
});

test.each(eventTypes)('%s is an authentication where it is about a ticket or its connection', (type) => {
  const isAuthentication = /^admit\.(ticket|issuance|handshake|connection|session)\./.test(type);
  expect(ocsfEvent(stored(type)).class_uid).toBe(isAuthentication ? 3002 : 0);
});

test('an event of a service is no authentication', () => {
  expect(ocsfEvent(stored('admit.service.alive'))).toMatchObject({ class_uid: 0, type_uid: 99 });
});
