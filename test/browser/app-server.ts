import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { AppSettings } from './app/app.ts';

/** A web server with the page that uses the client. */
export interface AppServer {
  /** Where the page comes from. */
  readonly origin: string;
  /** The same page by another name of this machine: an origin that nobody has allowed. */
  readonly strangeOrigin: string;
  close(): Promise<void>;
}

/** Without an icon, browsers ask for one, and complain that there is none. */
const PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">
<script type="module" src="/app.js"></script>`;

/**
 * Bundles the page as it is now, and serves it on a free port; `/ticket` there asks for a ticket on behalf of the page.
 * @param ticketService its base URL
 */
export async function startAppServer(ticketService: () => string): Promise<AppServer> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'app', 'app.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@admit-one/source'],
    logLevel: 'warning',
  });
  const script = outputFiles.map(({ text }) => text).join('');
  const server = createServer(async ({ url = '', headers }, response) => {
    if (url === '/ticket') {
      const { authorization = '' } = headers;
      const asked = { method: 'POST', headers: { authorization } };
      const reply = await fetch(`${ticketService()}/api/websocket/ticket`, asked);
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text());
      return;
    }
    const isScript = url === '/app.js';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? script : PAGE);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    strangeOrigin: `http://strange.localhost:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The address of the page, with its settings. */
export function pageUrl(origin: string, settings: AppSettings): string {
  return `${origin}/?${new URLSearchParams({ settings: JSON.stringify(settings) })}`;
}
