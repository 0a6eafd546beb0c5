import { connect } from '@admit-one/client';
import { createTestServer } from '@admit-one/client/testing';
import { expect, test } from 'vitest';

test('reconnects after a restart of the server', async () => {
  const server = createTestServer();
  const socket = connect({
    url: 'wss://api.example.com/ws',
    getToken: () => 'jwt',
    environment: server.environment,
  });

  const connection = await server.connection();
  socket.send('hello');
  expect(await connection.next()).toBe('hello');

  server.reject('REDIS_UNAVAILABLE'); // the next ticket request
  connection.closeWith('RESTARTING');
  await server.connection();
  expect(socket.state).toBe('open');
  expect(server.ticketRequests).toHaveLength(3);
  socket.close();
});
