import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { opcodes, type RawSocket } from '@admit-one/testkit';
import { expect } from 'vitest';
import type { ExpectedAnswer } from './upgrade-case.ts';

type Rejected = Extract<ExpectedAnswer, { kind: 'rejected' }>;

/** Says that the answer to an upgrade is exactly what the outcome names, and that the connection ends if it must. */
export async function expectAnswer(raw: RawSocket, outcome: ExpectedAnswer): Promise<void> {
  switch (outcome.kind) {
    case 'admitted':
      return expectAdmission(raw, outcome.protocol);
    case 'rejected':
      return expectProblem(raw, outcome);
    case 'told':
      await expectAcceptance(raw, outcome.protocol);
      expect(await raw.closed).toEqual({ close: { code: outcome.close, reason: outcome.text }, error: null });
      return;
    default:
      return outcome satisfies never;
  }
}

/** Only an admitted connection echoes. */
async function expectAdmission(raw: RawSocket, protocol: string | undefined): Promise<void> {
  await expectAcceptance(raw, protocol);
  raw.send({ opcode: opcodes.ping, payload: 'am I in?' });
  let frame = await raw.next();
  while (frame.opcode !== opcodes.pong) frame = await raw.next();
  expect(frame.payload.toString()).toBe('am I in?');
}

async function expectAcceptance(raw: RawSocket, protocol: string | undefined): Promise<void> {
  const { headers } = await raw.response();
  expect(statusLineOf(raw)).toBe('HTTP/1.1 101 Switching Protocols');
  expect(headers).toEqual({
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-accept': createHash('sha1')
      .update(`${raw.key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64'),
    ...(protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }),
  });
}

async function expectProblem(
  raw: RawSocket,
  { status, code, detail, goesOn = false }: Rejected,
): Promise<void> {
  const { headers, body } = await raw.response();
  expect(statusLineOf(raw)).toBe(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers.upgrade).toBe(status === 426 ? 'websocket' : undefined);
  expect(JSON.parse(body)).toEqual({
    type: `urn:admit-one:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.any(String),
    status,
    detail,
    code,
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  if (!goesOn) {
    expect(headers['sec-websocket-version']).toBe(status === 426 ? '13' : undefined);
    expect(await raw.closed).toEqual({ close: null, error: null });
  }
}

function statusLineOf({ bytes }: RawSocket): string {
  return bytes.subarray(0, bytes.indexOf('\r\n')).toString();
}
