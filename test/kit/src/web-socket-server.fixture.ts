import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A server that echoes at `/echo`, says goodbye with 4401 at `/bye`, rejects at `/no` and never answers at `/never`. */
export async function startWebSocketServer(): Promise<{
  url: string;
  server: Server;
  close(): Promise<void>;
}> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: ([first]) => first ?? false });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    if (request.url === '/never') return;
    if (request.url === '/no') {
      const body = JSON.stringify({ code: 'NOT_AUTHORIZED' });
      socket.end(
        `HTTP/1.1 401 Unauthorized\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (connection) => {
      connection.on('error', () => {});
      if (request.url === '/bye') connection.close(4401, 'NOT_AUTHORIZED');
      connection.on('message', (data, binary) => connection.send(data, { binary }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async close() {
      for (const connection of sockets.clients) connection.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
