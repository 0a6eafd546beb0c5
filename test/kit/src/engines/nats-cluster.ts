import { type HeldPort, LOOPBACK, startOnFreePort } from './held-port.ts';
import type { NatsEngine } from './nats.ts';
import { startNatsWithRoles } from './nats-roles.ts';

const NODES = 3;

/** Servers that share streams among them, each as `deploy/nats/nats.conf` says. Connect with `asRole`. */
export interface NatsCluster {
  /** Their names are `n1`, `n2` and `n3`, in this order. */
  readonly nodes: readonly NatsEngine[];
  /** Of all of them. */
  readonly url: string;
  /** The node of a name, which JetStream gives for leaders. @throws {Error} where there is none */
  node(name: string): NatsEngine;
  stop(): Promise<void>;
}

/** Starts three servers. They elect leaders by themselves, a moment later. */
export async function startNatsCluster(): Promise<NatsCluster> {
  const places = Array.from({ length: NODES }, (_, n) => `n${n + 1}`);
  const held: HeldPort[] = [];
  const nodes: NatsEngine[] = [];
  async function stop(): Promise<void> {
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all(held.map(({ release }) => release()));
  }
  try {
    for (const _ of places) held.push((await startOnFreePort(async () => {})).held);
    const routes = held.map(({ port }) => `nats://${LOOPBACK}:${port}`);
    for (const [n, name] of places.entries()) {
      const cluster = ['--cluster_name', 'admit', '--cluster', `${routes[n]}`, '--routes', routes.join(',')];
      nodes.push(await startNatsWithRoles(['--server_name', name, ...cluster]));
    }
    return {
      nodes,
      url: nodes.map(({ url }) => url).join(','),
      node(name) {
        const node = nodes[places.indexOf(name)];
        if (!node) throw new Error(`no node is called ${name}`);
        return node;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
