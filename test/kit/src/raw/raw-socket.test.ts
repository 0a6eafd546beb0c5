import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebSocketServer } from '../web-socket-server.fixture.ts';
import { decodeFrame, encodeClose, encodeFrame, opcodes } from './frames.ts';
import { openSocket } from './raw-socket.ts';

let server: Awaited<ReturnType<typeof startWebSocketServer>>;

beforeAll(async () => {
  server = await startWebSocketServer();
});
afterAll(() => server.close());

describe('a raw socket', () => {
  it('shakes hands with the key that it is given', async () => {
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const raw = await openSocket(`${server.url}/echo`, { key, protocols: ['admit.v1', 'other'] });
    const { status, headers } = await raw.response();
    expect(status).toBe(101);
    expect(headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(headers['sec-websocket-protocol']).toBe('admit.v1');
    raw.abort();
  });

  it('sends frames and keeps those that come back, byte for byte', async () => {
    const raw = await openSocket(`${server.url}/echo`);
    await raw.response();
    raw.send({ opcode: opcodes.text, payload: 'hel', fin: false });
    raw.send({ opcode: opcodes.continuation, payload: 'lo' });
    expect(await raw.next()).toEqual({
      fin: true,
      rsv: 0,
      opcode: 1,
      masked: false,
      payload: Buffer.from('hello'),
    });
    expect(raw.bytes.subarray(-7)).toEqual(Buffer.from('\x81\x05hello', 'latin1'));
    raw.send({ opcode: opcodes.close, payload: encodeClose(1000, 'done') });
    expect(await raw.closed).toEqual({ close: { code: 1000, reason: 'done' }, error: null });
    await expect(raw.next()).resolves.toMatchObject({ opcode: opcodes.close });
    await expect(raw.next()).rejects.toThrow('ended without a frame');
  });

  it('sends what no proper client would', async () => {
    const unmasked = await openSocket(`${server.url}/echo`, {
      pipelined: encodeFrame({ opcode: opcodes.text, payload: 'x', masked: false }),
    });
    expect((await unmasked.closed).close?.code).toBe(1002);
    const noKey = await openSocket(server.url, { headers: { 'Sec-WebSocket-Key': null } });
    expect((await noKey.response()).status).toBe(400);
    const noise = await openSocket(server.url, { request: 'NOISE\r\n\r\n' });
    expect((await noise.response()).status).toBe(400);
  });

  it('reads a rejection whole', async () => {
    const raw = await openSocket(`${server.url}/no`);
    expect(await raw.response()).toMatchObject({
      status: 401,
      headers: { 'set-cookie': 'a=1, b=2' },
      body: '{"code":"NOT_AUTHORIZED"}',
    });
    expect(await raw.closed).toEqual({ close: null, error: null });
  });

  it('tells a reset from an end', async () => {
    const upgrading = once(server.server, 'upgrade');
    const raw = await openSocket(`${server.url}/never`);
    const [, socket] = (await upgrading) as [unknown, Duplex & { resetAndDestroy(): void }];
    const answer = raw.response();
    socket.resetAndDestroy();
    await expect(answer).rejects.toThrow();
    expect(await raw.closed).toEqual({ close: null, error: 'ECONNRESET' });
  });

  it.each([
    ['abort', 'ECONNRESET'],
    ['end', undefined],
  ] as const)('lets the server see an %s before the answer', async (how, code) => {
    const upgrading = once(server.server, 'upgrade');
    const raw = await openSocket(`${server.url}/never`);
    const [, socket] = (await upgrading) as [unknown, Duplex];
    const error = new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      socket.once('end', () => resolve(undefined));
    });
    socket.resume();
    raw[how]();
    expect(await error).toBe(code);
    socket.destroy();
    await raw.closed;
  });
});

describe('frames', () => {
  it.each([0, 1, 125, 126, 65_535, 65_536])('survive the wire with a payload of %i bytes', (length) => {
    const payload = createHash('shake256', { outputLength: length || 1 })
      .digest()
      .subarray(0, length);
    const bytes = Buffer.concat([Buffer.of(0), encodeFrame({ opcode: opcodes.binary, payload, rsv: 5 })]);
    const decoded = decodeFrame(bytes, 1);
    expect(decoded).toMatchObject({
      frame: { fin: true, rsv: 5, opcode: 2, masked: true },
      end: bytes.length,
    });
    expect(decoded?.frame.payload.equals(payload)).toBe(true);
    for (const cut of [1, 2, 3, 8]) expect(decodeFrame(bytes.subarray(0, -cut), 1)).toBeUndefined();
  });

  it('may claim any length', () => {
    const bytes = encodeFrame({ opcode: opcodes.text, length: 2n ** 63n, masked: false });
    expect(bytes.toString('hex')).toBe('817f8000000000000000');
  });
});
