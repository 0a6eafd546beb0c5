import { WebSocketServer } from 'ws';
import { HOST } from '../client/endpoint.ts';

/** Lets everybody in, and sends every message back. */
const server = new WebSocketServer({
  host: HOST,
  port: Number(process.env.PORT),
  perMessageDeflate: false,
  maxPayload: 65_536,
});
server.on('connection', (webSocket) => {
  webSocket.on('error', () => {});
  webSocket.on('message', (data, binary) => webSocket.send(data, { binary }));
});
process.on('SIGTERM', () => process.exit());
