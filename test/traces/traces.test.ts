import { traceOfTicket } from '@admit-one/core';
import { type CollectedSpan, eventually, startTraceCollector, type TraceCollector } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { stacks } from '../stack/stacks.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';

const ADMITTED = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
] as const;

/** Every span of an admission: its service, its name with the type of its event, and the span that it belongs to. */
const TREE = [
  ['ticket-service', 'POST /api/websocket/ticket', 'none'],
  ['ticket-service', 'ticket issue', 'POST /api/websocket/ticket'],
  ['ticket-service', 'ticket store append', 'ticket issue'],
  ['ticket-service', 'publish event admit.ticket.issued', 'POST /api/websocket/ticket'],
  ['audit-service', 'store event admit.ticket.issued', 'POST /api/websocket/ticket'],
  ['ws-edge', 'upgrade default', 'POST /api/websocket/ticket'],
  ['ws-edge', 'request reserve', 'upgrade default'],
  ['ticket-service', 'ticket reserve', 'request reserve'],
  ['ticket-service', 'ticket store append', 'ticket reserve'],
  ['ticket-service', 'publish event admit.ticket.reserved', 'request reserve'],
  ['audit-service', 'store event admit.ticket.reserved', 'request reserve'],
  ['ws-edge', 'request confirm', 'upgrade default'],
  ['ticket-service', 'ticket confirm', 'request confirm'],
  ['ticket-service', 'ticket store append', 'ticket confirm'],
  ['ticket-service', 'publish event admit.ticket.consumed', 'request confirm'],
  ['audit-service', 'store event admit.ticket.consumed', 'request confirm'],
  ['ws-edge', 'publish event admit.connection.closed', 'upgrade default'],
  ['audit-service', 'store event admit.connection.closed', 'upgrade default'],
] as const;

const rowText = ([service, name, parent]: readonly [string, string, string]) =>
  `${service}: ${name}, in ${parent}`;

const [, { missing } = { missing: undefined }] = stacks;

describe.skipIf(missing !== undefined)('traces', () => {
  let collector: TraceCollector;
  let stack: ServicesStack;

  beforeAll(async () => {
    collector = await startTraceCollector();
    stack = await startServices({
      variables: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' },
    });
  });
  afterAll(async () => {
    await stack?.stop();
    await collector?.close();
  });

  const spansOf = (id: string) => collector.spans().filter(({ traceId }) => traceId === id);

  /** The spans of a trace as `TREE` has them, each once: a slow request is sent again. What a cache may spare is left out. */
  function treeOf(spans: readonly CollectedSpan[]): readonly string[] {
    const nameOf = ({ name, attributes }: CollectedSpan) =>
      [name, attributes['cloudevents.event_type']].filter(Boolean).join(' ');
    const rows = spans
      .filter(({ name }) => name !== 'ticket store load')
      .map((span) => {
        const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
        return rowText([span.service, nameOf(span), parent ? nameOf(parent) : span.parentSpanId || 'none']);
      });
    return [...new Set(rows)].toSorted();
  }

  async function visit(headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`${stack.tickets}/api/websocket/ticket`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await stack.users.token()}`, ...headers },
    });
    const issued = (await response.json()) as Awaited<ReturnType<typeof issueTicket>>;
    await (await connectWith(stack, issued, { headers })).close();
    await expectStory(stack, { ticket: issued.ticketId }, ADMITTED);
    return issued;
  }

  test('have every step of an admission, from the ticket request to the audit log', async () => {
    const { ticket, ticketId } = await visit();
    const { traceId } = traceOfTicket(ticketId);
    const spans = await eventually(
      () => {
        expect(treeOf(spansOf(traceId))).toEqual(TREE.map(rowText).toSorted());
        return spansOf(traceId);
      },
      { what: 'all spans' },
    );
    for (const span of spans) {
      expect(span.error).toBeNull();
      expect(span.endedAtNs >= span.startedAtNs).toBe(true);
    }
    expect(spans.find(({ name }) => name === 'upgrade default')?.attributes).toMatchObject({
      'admit.outcome': 'admitted',
      'admit.ticket.id': ticketId,
    });
    expect(JSON.stringify(collector.spans(), (_, value) => String(value))).not.toContain(ticket);
    await expectStory(stack, { trace: traceId }, ADMITTED);
    for (const line of [
      'ticket_issued',
      'authenticated_via_ticket',
      'websocket_connected',
      'websocket_closed',
    ])
      expect(stack.logs()).toMatch(new RegExp(`"traceId":"${traceId}".*"message":"${line}"`));
  });

  test('go on from what a trusted proxy sends, where that is sampled', async () => {
    const sampled = { traceId: 'a'.repeat(32), spanId: '1'.repeat(16) };
    const other = 'b'.repeat(32);
    await visit({ traceparent: `00-${other}-${sampled.spanId}-00` });
    await visit({ traceparent: `00-${sampled.traceId}-${sampled.spanId}-01` });
    const expected = TREE.map(([service, name, parent]) => {
      const isOfClient = /^(POST|upgrade) /.test(name);
      return rowText([service, name, isOfClient ? sampled.spanId : parent]);
    }).toSorted();
    await eventually(() => expect(treeOf(spansOf(sampled.traceId))).toEqual(expected), { what: 'all spans' });
    expect(spansOf(other)).toEqual([]);
  });

  test('say where the infrastructure failed', async () => {
    const { ticketId, ticket } = await issueTicket(stack);
    const { traceId } = traceOfTicket(ticketId);
    await stack.engines.redis.kill();
    await expect(connectWith(stack, { ticket })).rejects.toThrow();
    await stack.engines.redis.start();
    await eventually(
      () => {
        const failed = spansOf(traceId).filter(({ error }) => error !== null);
        const names = failed.map(({ name }) => name);
        expect(names).toContain('upgrade default');
        expect(names).toContain('ticket reserve');
        expect(failed.find(({ name }) => name === 'upgrade default')?.error).toBe('store_unavailable');
      },
      { what: 'the failed spans' },
    );
  });
});
