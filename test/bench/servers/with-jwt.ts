import { createServer } from 'node:http';
import { HOST, JWT_PREFIX } from '../client/endpoint.ts';
import { createSocketServer, credentialOf, reject } from './upgrades.ts';
import { verifyToken } from './verify-token.ts';

/** Lets in anyone who shows a good JWT with the upgrade, and sends every message back. */
const sockets = createSocketServer();

const server = createServer((_request, response) => response.end());
server.on('upgrade', async (request, socket, head) => {
  socket.on('error', () => {});
  try {
    await verifyToken(credentialOf(request, JWT_PREFIX) ?? '');
  } catch {
    return reject(socket);
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on('error', () => {});
    webSocket.on('message', (data, binary) => webSocket.send(data, { binary }));
  });
});
server.listen(Number(process.env.PORT), HOST);
process.on('SIGTERM', () => process.exit());
