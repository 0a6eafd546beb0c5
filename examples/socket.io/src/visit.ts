// A client: requests a ticket for every connection and reconnection, and sends a message.
import { io } from 'socket.io-client';

const [server = 'http://localhost:3003', admitOne = 'http://localhost:8080'] = process.argv.slice(2);

async function post(path: string, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const response = await fetch(admitOne + path, { method: 'POST', headers });
  return (await response.json()) as Record<string, string>;
}

async function getTicket(): Promise<string | undefined> {
  const { token } = await post('/api/v1/auth/token');
  return (await post('/api/websocket/ticket', { authorization: `Bearer ${token}` })).ticket;
}

const client = io(server, {
  auth: async (give) => give({ ticket: await getTicket() }),
});
client.on('connect_error', ({ message }) => console.log(`rejected: ${message}`));
client.on('welcome', async ({ user, connection }) => {
  console.log(`hello ${user}, you are ${connection}`);
  console.log(`received: ${await client.emitWithAck('echo', 'there and back')}`);
  client.close();
});
