import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Engine, startNginx } from '@admit-one/testkit';
import { expect } from 'vitest';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import type { Variables } from '../stack/stack.ts';
import { issueTicket, type Ticket } from '../stack/visitor.ts';

const shipped = join(import.meta.dirname, '..', '..', 'deploy', 'nginx');

/** nginx with a shipped configuration, between clients and an application, and Admit One beside it. */
export interface ForwardAuth {
  readonly stack: EmbeddedStack;
  readonly nginx: Engine;
  /** A ticket that is looked for in the logs at the end. */
  issue(token?: string, body?: object): Promise<Ticket>;
  /** Stops all, and fails where nginx has written a ticket anywhere. */
  stop(): Promise<void>;
}

/** Starts Admit One and nginx in front of an application that listens. */
export async function startForwardAuth(
  name: 'websocket.conf' | 'socket-io.conf',
  application: Server,
  variables: Variables = {},
): Promise<ForwardAuth> {
  const stack = await startEmbedded({ VERIFY_PORT: '0', TRUSTED_PROXIES: '127.0.0.1', ...variables });
  const tickets: Ticket[] = [];
  const here = (port: number | string) => `server 127.0.0.1:${port};`;
  const replacements = [
    ['server ticket-service:8083;', here(new URL(stack.verify ?? '').port)],
    ['server application:3000;', here((application.address() as AddressInfo).port)],
    ['/var/log/nginx/', ''],
    [/ssl_certificate(_key)? .*;/g, ''],
  ] as const;
  const texts = Object.fromEntries(
    [name, ...readdirSync(join(shipped, 'admit-one')).map((file) => join('admit-one', file))].map((file) => {
      const text = readFileSync(join(shipped, file), 'utf8');
      return [file, replacements.reduce((changed, [from, to]) => changed.replaceAll(from, to), text)];
    }),
  );
  const nginx = await startNginx({
    files: texts,
    config: (listen) =>
      `error_log elsewhere.error.log info;\n${texts[name]?.replace('listen 443 ssl;', `listen ${listen};`)}`,
  });

  return {
    stack,
    nginx,
    async issue(token, body) {
      const ticket = await issueTicket(stack, token, body);
      tickets.push(ticket);
      return ticket;
    },
    async stop() {
      const logs = readdirSync(nginx.folder).filter((file) => file.endsWith('.log'));
      const written = logs.map((file) => readFileSync(join(nginx.folder, file), 'utf8')).join('');
      await nginx.stop();
      await stack.stop();
      expect(written).toContain(`"ticketId":"${tickets[0]?.ticketId}"`);
      for (const { ticket } of tickets) expect(written).not.toContain(ticket);
    },
  };
}
