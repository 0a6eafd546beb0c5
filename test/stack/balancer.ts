import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, startNginx } from '@admit-one/testkit';
import type { ServicesStack } from './services.ts';

const FILE = join(import.meta.dirname, '..', '..', 'deploy', 'nginx', 'services.conf');
const CONNECTIONS = 8_192;

/** nginx with `deploy/nginx/services.conf` in front of both edges and both ticket-services: all users under one URL. */
export async function startBalancer(
  stack: Pick<ServicesStack, 'ticketServices' | 'edgeServices' | 'auditService'>,
): Promise<Engine> {
  const upstreams = {
    'ticket-service': stack.ticketServices,
    'ws-edge': stack.edgeServices,
    'audit-service': [stack.auditService],
  };
  const text = Object.entries(upstreams).reduce(
    (config, [name, services]) =>
      config.replace(new RegExp(`server ${name}:\\d+([^;]*;)`), (_, more) =>
        services.map(({ url }) => `server ${new URL(url).host}${more}`).join(' '),
      ),
    await readFile(FILE, 'utf8'),
  );
  const config = text
    .replaceAll('/var/log/nginx/', '')
    // All users of a test have one address.
    .replaceAll(/limit_req(_zone)? [^;]*;/g, '');
  return startNginx({
    config: (listen) => config.replace('listen 8000;', `listen ${listen};`),
    connections: CONNECTIONS,
  });
}
