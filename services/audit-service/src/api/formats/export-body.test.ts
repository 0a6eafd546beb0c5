import {
  type AuditSearchPage,
  type EventType,
  type NewEvent,
  numbered,
  type StoredEvent,
} from '@admit-one/core';
import { expect, test, vi } from 'vitest';
import { type ExportOptions, exportBody } from './export-body.ts';
import { csvFormat, ndjsonFormat } from './export-formats.ts';

function stored(sequence: number, data: Record<string, unknown> = {}, subject = 'subject'): StoredEvent {
  const type: EventType = 'admit.handshake.rejected';
  const event = { type, source: 'edge-1', subject, time: 0, traceparent: null, data } as unknown as NewEvent;
  return { ...numbered(event, 'edge-1', sequence), position: `1.${sequence}.0` } as StoredEvent;
}

function pageOf(events: readonly StoredEvent[], end: boolean): AuditSearchPage {
  return {
    events,
    end,
    next: `cursor-${events.at(-1)?.sequence ?? 'none'}`,
    scannedTo: '2026-01-31T12:00:00.000Z',
  };
}

async function linesOf(options: Partial<ExportOptions>) {
  const chunks: string[] = [];
  const body = exportBody({
    format: ndjsonFormat('cloudevents'),
    first: pageOf([], true),
    limit: 100,
    readNext: () => Promise.reject(new Error('no page is expected')),
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });
  for await (const chunk of body) chunks.push(chunk);
  return chunks.join('').split(/\r?\n/);
}

test('goes through all pages, empty ones too, and ends with what tells that it is complete', async () => {
  const pages = [pageOf([stored(2)], false), pageOf([], false), pageOf([stored(3)], true)];
  const readNext = vi.fn(async () => pages.shift() ?? pageOf([], true));
  const lines = await linesOf({ first: pageOf([stored(1)], false), readNext });
  expect(lines.map((line) => (line === '' ? null : JSON.parse(line)))).toEqual([
    ...[stored(1), stored(2), stored(3)],
    { end: true, next: 'cursor-0000000000000003', scannedTo: '2026-01-31T12:00:00.000Z' },
    null,
  ]);
  expect(readNext.mock.calls).toEqual([
    ['cursor-0000000000000001', 99],
    ['cursor-0000000000000002', 98],
    ['cursor-none', 98],
  ]);
});

test('stops at its bound, and says how to continue', async () => {
  const lines = await linesOf({ first: pageOf([stored(1), stored(2)], false), limit: 2 });
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ end: false, next: 'cursor-0000000000000002' });
});

test('an error ends it without the last line', async () => {
  await expect(linesOf({ first: pageOf([stored(1)], false) })).rejects.toThrow('no page is expected');
});

test('reads no further page when the client is gone', async () => {
  const abort = new AbortController();
  const readNext = vi.fn(async () => {
    abort.abort();
    return pageOf([], false);
  });
  await linesOf({ first: pageOf([stored(1)], false), readNext, signal: abort.signal });
  expect(readNext).toHaveBeenCalledOnce();
});

test('an event is one line of JSON, whatever is in it', async () => {
  const event = stored(1, { text: 'a\r\nb\u0085c\u2028d\u2029e\u001b[2J\u009bf\u202eg\0 😀 \ud800' });
  const [line = ''] = await linesOf({ first: pageOf([event], true) });
  expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u);
  expect(JSON.parse(line)).toEqual(event);
});

test('CSV has a header, one record for each event, and a record that tells that it is complete', async () => {
  const data = {
    reason: 'origin_blocked',
    context: { address: '203.0.113.7', origin: '=cmd()', agent: 'a "b", c\r\nd' },
    count: 3,
  };
  const lines = await linesOf({ format: csvFormat, first: pageOf([stored(1, data)], true) });
  expect(lines).toEqual([
    expect.stringMatching(/^position,time,type,.*reason,.*,address,.*,count,id,data$/),
    expect.stringMatching(/^1\.1\.0,1970-01-01T00:00:00\.000Z,admit\.handshake\.rejected,/),
    expect.stringMatching(/^,2026-01-31T12:00:00\.000Z,end,.*,cursor-0000000000000001,$/),
    '',
  ]);
  expect(lines[1]).toContain(`,'=cmd(),`);
  expect(lines[1]).toContain(`,"a ""b"", c\\u000d\\u000ad",`);
  expect(lines[1]?.endsWith(`"${JSON.stringify(data).replaceAll('"', '""')}"`)).toBe(true);
});

test.each(['=1', '+1', '-1', '@x', '\t=1', '\r=1'])('a cell of CSV is no formula: %j', async (agent) => {
  const event = stored(1, { context: { agent } });
  const [, line = ''] = await linesOf({ format: csvFormat, first: pageOf([event], true) });
  const written = agent.replace('\t', '\\u0009').replace('\r', '\\u000d');
  expect(line).toContain(`,'${written},`);
});
