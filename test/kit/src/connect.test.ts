import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, UpgradeRejected } from './connect.ts';
import { startWebSocketServer } from './web-socket-server.fixture.ts';

let server: Awaited<ReturnType<typeof startWebSocketServer>>;

beforeAll(async () => {
  server = await startWebSocketServer();
});
afterAll(() => server.close());

describe('connect', () => {
  it('gives messages in order, whether they came before or after they were asked for', async () => {
    const connection = await connect(`${server.url}/echo`, { protocols: ['admit.v1'] });
    expect(connection.socket.protocol).toBe('admit.v1');
    connection.socket.send('one');
    connection.socket.send(Buffer.of(2));
    expect(await connection.next()).toBe('one');
    expect(await connection.next()).toEqual(Buffer.of(2));
    const third = connection.next();
    connection.socket.send('three');
    expect(await third).toBe('three');
    expect(await connection.close()).toEqual({ code: 1000, reason: '' });
  });

  it('tells how the server closed, and that no message comes any more', async () => {
    const connection = await connect(`${server.url}/bye`);
    expect(await connection.closed).toEqual({ code: 4401, reason: 'NOT_AUTHORIZED' });
    await expect(connection.next()).rejects.toThrow('closed with 4401 NOT_AUTHORIZED');
  });

  it('rejects a rejected upgrade with its status and document', async () => {
    const rejected = await connect(`${server.url}/no`).catch((error: unknown) => error);
    expect(rejected).toBeInstanceOf(UpgradeRejected);
    expect(rejected).toMatchObject({ status: 401, problem: { code: 'NOT_AUTHORIZED' } });
  });

  it('rejects where nobody listens', async () => {
    await expect(connect('ws://127.0.0.1:1/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
