import { describe, expect, test } from 'vitest';
import { subjectOf } from '../events/catalogue.ts';
import { MAX_EVENT_BYTES, numbered, type ReceivedEvent } from '../events/cloud-event.ts';
import { MAX_BATCH_BYTES } from '../events/encoded-event.ts';
import { type EventSample, newEvent } from '../events/event.fixture.ts';
import { type IssueKind, readDelivery } from './read-delivery.ts';

function eventOf(sample: EventSample = {}): ReceivedEvent {
  const data = { reason: 'ticket_missing' };
  return numbered(newEvent({ type: 'admit.handshake.rejected', data, ...sample }), 'edge', 1);
}

const subject = subjectOf('admit.handshake.rejected');
const good = eventOf();

function publicationOf(body: unknown) {
  return { subject, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

test('reads the events of a batch, members that it does not know included', () => {
  const events = [good, { ...eventOf(), extension: 'kept' }];
  expect(readDelivery(publicationOf(events))).toEqual({
    events: events.map((event, index) => ({ index, event })),
    issues: [],
  });
});

describe('a message that is no batch', () => {
  test.each<[IssueKind, Uint8Array | string]>([
    ['not_json', ''],
    ['not_json', '[{"specversion":'],
    ['not_json', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
    ['not_a_batch', JSON.stringify(good)],
    ['not_a_batch', 'null'],
    ['message_too_big', `[${' '.repeat(MAX_BATCH_BYTES)}]`],
  ])('is %s', (why, body) => {
    const { events, issues } = readDelivery({ subject, body: Buffer.from(body) });
    expect(events).toEqual([]);
    expect(issues).toEqual([expect.objectContaining({ why })]);
  });
});

describe('one bad event leaves the others be', () => {
  const nestedIn = (levels: number) =>
    JSON.stringify(good).replace('"ticket_missing"', '['.repeat(levels) + ']'.repeat(levels));
  test.each<[string, IssueKind, string]>([
    ['null', 'not_an_event', 'null'],
    ['of a type of the future', 'not_an_event', JSON.stringify({ ...good, type: 'admit.ticket.teleported' })],
    ['numbered by the store', 'not_an_event', JSON.stringify({ ...good, partitionkey: 'p03.epoch' })],
    ['without data', 'not_an_event', JSON.stringify({ ...good, data: undefined })],
    ['published elsewhere', 'wrong_subject', JSON.stringify(eventOf({ type: 'admit.connection.closed' }))],
    ['too big', 'event_too_big', JSON.stringify(eventOf({ data: { text: 'x'.repeat(MAX_EVENT_BYTES) } }))],
    ['nested deeply', 'event_too_deep', nestedIn(31)],
    ['nested without end', 'event_too_deep', nestedIn(7_000)],
  ])('%s', (_name, why, bad) => {
    const read = readDelivery(publicationOf(`[${JSON.stringify(good)},${bad}]`));
    expect(read.events).toEqual([{ index: 0, event: good }]);
    expect(read.issues).toEqual([{ why, text: expect.stringMatching(/^\[1\]: ./) }]);
  });

  test('except moderate nesting', () => {
    expect(readDelivery(publicationOf(`[${nestedIn(30)}]`)).issues).toEqual([]);
  });
});
