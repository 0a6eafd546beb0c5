import type { ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, idsOf, type SampleFilter, unique } from '../sample-events.ts';
import { type AuditLogSubject, type AuditLogTests, findAll } from './subject.ts';

/** A small story: two tickets of one session, one of another, and the connection of the first. */
function story() {
  const name = {
    ticket: unique('ticket'),
    secondTicket: unique('ticket'),
    session: unique('session'),
    otherSession: unique('session'),
    user: unique('user'),
    connection: unique('connection'),
    reason: unique('reason'),
    otherReason: unique('reason'),
  };
  const start = Date.now() - 60_000;
  const at = (offset: number) => new Date(start + offset).toISOString();
  const principal = { issuer: 'main', session: name.session, user: name.user };
  const partitionkey = unique('instance');
  const event = (n: number, sample: Parameters<typeof cloudEvent>[0]) =>
    cloudEvent({ partitionkey, sequence: n, time: start + n, ...sample });
  const events = {
    issued: event(1, { type: 'admit.ticket.issued', subject: name.ticket, data: { principal } }),
    consumed: event(2, {
      type: 'admit.ticket.consumed',
      subject: name.ticket,
      data: { principal, connection: name.connection },
    }),
    replayed: event(3, {
      type: 'admit.ticket.rejected',
      subject: name.ticket,
      data: { principal, reason: name.reason, connection: null },
    }),
    expired: event(4, {
      type: 'admit.ticket.rejected',
      subject: name.secondTicket,
      data: { principal: { ...principal, user: null }, reason: name.otherReason },
    }),
    closed: event(5, {
      type: 'admit.connection.closed',
      subject: name.connection,
      data: { principal: { ...principal, session: name.otherSession }, reason: name.otherReason },
    }),
    turnedAway: event(6, {
      type: 'admit.handshake.rejected',
      subject: name.ticket,
      data: { principal: null, reason: name.reason },
    }),
  };
  return { name, at, events };
}

type Story = ReturnType<typeof story>;
type Found = readonly (keyof Story['events'])[];

const cases: Readonly<Record<string, readonly [(story: Story) => SampleFilter, Found]>> = {
  'finds by ticket: the subject of ticket events alone': [
    ({ name: { ticket } }) => ({ ticket }),
    ['issued', 'consumed', 'replayed'],
  ],
  'finds by session': [
    ({ name: { session } }) => ({ session }),
    ['issued', 'consumed', 'replayed', 'expired'],
  ],
  'finds by user': [({ name: { user } }) => ({ user }), ['issued', 'consumed', 'replayed', 'closed']],
  'finds by connection: named in the data, or the subject of connection events': [
    ({ name: { connection } }) => ({ connection }),
    ['consumed', 'closed'],
  ],
  'finds by reason': [({ name: { reason } }) => ({ reason }), ['replayed', 'turnedAway']],
  'finds by several types': [
    ({ name: { user } }) => ({ user, types: ['admit.ticket.issued', 'admit.connection.closed'] }),
    ['issued', 'closed'],
  ],
  'finds from a time on, inclusive': [
    ({ name: { session }, at }) => ({ session, from: at(2) }),
    ['consumed', 'replayed', 'expired'],
  ],
  'finds up to a time, exclusive': [
    ({ name: { session }, at }) => ({ session, to: at(3) }),
    ['issued', 'consumed'],
  ],
  'takes times with an offset': [
    ({ name: { session }, at }) => ({ session, from: inTokyo(at(2)), to: inTokyo(at(4)) }),
    ['consumed', 'replayed'],
  ],
  'finds only what all filters hold for': [
    ({ name: { ticket, session, user, connection }, at }) => ({
      types: ['admit.ticket.consumed', 'admit.ticket.issued'],
      ticket,
      session,
      user,
      connection,
      from: at(1),
      to: at(6),
    }),
    ['consumed'],
  ],
  'finds by session and reason': [
    ({ name: { session, otherReason } }) => ({ session, reason: otherReason }),
    ['expired'],
  ],
  'finds nothing where two filters exclude each other': [
    ({ name: { secondTicket, connection } }) => ({ ticket: secondTicket, connection }),
    [],
  ],
  'finds nothing by a value that no event has': [() => ({ session: unique('session') }), []],
};

/** The same instant, written with the offset of Tokyo. */
function inTokyo(utc: string): string {
  return new Date(Date.parse(utc) + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
}

async function told({ log }: AuditLogSubject): Promise<Story> {
  const whole = story();
  await appendEvents(log, Object.values(whole.events));
  return whole;
}

export const filterTests: AuditLogTests = {
  ...Object.fromEntries(
    Object.entries(cases).map(([name, [filterOf, expected]]) => [
      name,
      async (subject: AuditLogSubject) => {
        const whole = await told(subject);
        const found = await findAll(subject.log, filterOf(whole));
        expect(idsOf(found)).toEqual(expected.map((event) => whole.events[event].id));
      },
    ]),
  ),

  'finds by type alone': async ({ log }) => {
    const event = cloudEvent({ type: 'admit.alert.fired' });
    await appendEvents(log, [event, cloudEvent({ type: 'admit.alert.resolved' })]);
    const found = await findAll(log, { types: ['admit.alert.fired'] });
    expect(idsOf(found)).toContain(event.id);
    expect(new Set(found.map(({ type }) => type))).toEqual(new Set(['admit.alert.fired']));
  },

  'finds everything without a filter': async ({ log }) => {
    const events: readonly ReceivedEvent[] = [cloudEvent(), cloudEvent({ type: 'admit.audit.sealed' })];
    await appendEvents(log, events);
    expect(idsOf(await findAll(log, {}))).toEqual(expect.arrayContaining([...idsOf(events)]));
  },

  'takes an undefined filter for none': async ({ log }) => {
    const session = unique('session');
    const event = cloudEvent({ data: { principal: { session } } });
    await appendEvents(log, [event]);
    expect(await findAll(log, { session, user: undefined, types: undefined, to: undefined })).toEqual([
      event,
    ]);
  },
};
