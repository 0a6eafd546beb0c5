// A visitor: asks for a ticket at every connection, first or again, and asks GraphQL something.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const [server = 'ws://localhost:3004', admitOne = 'http://localhost:8080'] = process.argv.slice(2);

async function post(path: string, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const response = await fetch(admitOne + path, { method: 'POST', headers });
  return (await response.json()) as Record<string, string>;
}

async function urlWithTicket(): Promise<string> {
  const { token } = await post('/api/v1/auth/token');
  const { ticket } = await post('/api/websocket/ticket', { authorization: `Bearer ${token}` });
  return `${server}/?ticket=${ticket}`;
}

const client = createClient({ url: urlWithTicket, webSocketImpl: WebSocket });
for await (const { data } of client.iterate({ query: '{ whoami }' })) console.log(data);
for await (const { data } of client.iterate({ query: 'subscription { countdown(from: 2) }' }))
  console.log(data);
await client.dispose();
