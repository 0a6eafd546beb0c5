import { deployed } from './deployed.ts';
import { type NatsEngine, startNats } from './nats.ts';

/** The users of `deploy/nats/nats.conf`. */
export const natsRoles = [
  'ticket-service',
  'ws-edge',
  'gate',
  'audit-service',
  'backend',
  'operator',
] as const;

export type NatsRole = (typeof natsRoles)[number];

/** Starts NATS as `deploy/nats/nats.conf` says. Connect with `asRole`. @param args more arguments of the server */
export function startNatsWithRoles(args: readonly string[] = []): Promise<NatsEngine> {
  const passwords = natsRoles.map((role) => [passwordVariable(role), passwordOf(role)]);
  const configFile = deployed('nats', 'nats.conf');
  return startNats({ configFile, env: { NATS_STORE_DIR: 'data', ...Object.fromEntries(passwords) }, args });
}

/** The URL of that server for a role's user. */
export function asRole(url: string, role: NatsRole): string {
  return url.replace('//', `//${role}:${passwordOf(role)}@`);
}

function passwordVariable(role: NatsRole): string {
  return `NATS_${role.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

function passwordOf(role: NatsRole): string {
  return `${role}-password`;
}
