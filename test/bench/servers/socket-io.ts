import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { HOST } from '../client/endpoint.ts';
import { verifyToken } from './verify-token.ts';

/** Connects anyone who shows a good JWT in the first packet, and sends every message back. */
const server = createServer((_request, response) => response.end());
const io = new Server(server, {
  transports: ['websocket'],
  serveClient: false,
  maxHttpBufferSize: 65_536,
  cors: { origin: true },
});
io.use((socket, next) => {
  const { token } = socket.handshake.auth;
  verifyToken(`${token}`).then(() => next(), next);
});
io.on('connection', (socket) => {
  socket.on('message', (data) => socket.emit('message', data));
});
server.listen(Number(process.env.PORT), HOST);
process.on('SIGTERM', () => process.exit());
