// A visitor: asks for a ticket, connects with it, says something, and tries the same ticket once more.
import { on, once } from 'node:events';
import { WebSocket } from 'ws';

const [server = 'ws://localhost:3001/ws', admitOne = 'http://localhost:8080'] = process.argv.slice(2);

async function post(path: string, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const response = await fetch(admitOne + path, { method: 'POST', headers });
  return (await response.json()) as Record<string, string>;
}

const { token } = await post('/api/v1/auth/token');
const { ticket } = await post('/api/websocket/ticket', { authorization: `Bearer ${token}` });
const protocols = ['admit.v1', `ticket.${ticket}`];

const webSocket = new WebSocket(server, protocols);
const messages = on(webSocket, 'message');
await once(webSocket, 'open');
webSocket.send('there and back');
for await (const [data] of messages) {
  console.log(`received: ${data}`);
  if (`${data}` === 'there and back') break;
}

const replay = new WebSocket(server, protocols);
const [error] = await once(replay, 'error');
console.log(`the same ticket again: ${error.message}`);
webSocket.close();
