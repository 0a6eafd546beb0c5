import { createServer } from 'node:http';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { HOST, JWT_PREFIX } from '../client/endpoint.ts';
import { createSocketServer, credentialOf, reject } from './upgrades.ts';

/** Lets in anyone who shows a good JWT with the upgrade, and sends every message back. */
const { PORT, JWT_ISSUER = '', JWT_AUDIENCE = '', JWT_JWKS = '' } = process.env;
const keys = createLocalJWKSet(JSON.parse(JWT_JWKS));
const sockets = createSocketServer();

const server = createServer((_request, response) => response.end());
server.on('upgrade', async (request, socket, head) => {
  socket.on('error', () => {});
  try {
    await jwtVerify(credentialOf(request, JWT_PREFIX) ?? '', keys, {
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      algorithms: ['ES256'],
    });
  } catch {
    return reject(socket);
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on('error', () => {});
    webSocket.on('message', (data, binary) => webSocket.send(data, { binary }));
  });
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => process.exit());
