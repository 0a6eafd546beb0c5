import { eventually } from '../eventually.ts';
import { type RedisEngine, type RedisOptions, startRedis } from './redis.ts';

/** Three masters that share the slots among them. */
export interface RedisCluster {
  readonly nodes: readonly RedisEngine[];
  readonly url: string;
  /** Resolves when every node serves the whole of it. */
  whole(): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const NODES = 3;

/** @param more lines of the configuration of each node */
export async function startRedisCluster(more: RedisOptions['config'] = {}): Promise<RedisCluster> {
  const config = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000', ...more };
  const starts = Array.from({ length: NODES }, () => startRedis({ config }));
  const nodes = await Promise.all(starts);
  const [first] = nodes as [RedisEngine];
  for (const [n, node] of nodes.entries()) {
    const [from, to] = [n, n + 1].map((third) => Math.floor((SLOTS * third) / NODES)) as [number, number];
    await node.command('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to - 1}`);
    await node.command('CLUSTER', 'MEET', first.host, `${first.port}`);
  }
  const cluster = {
    nodes,
    url: `redis-cluster://${nodes.map(({ host, port }) => `${host}:${port}`).join()}`,
    async whole() {
      await Promise.all(nodes.map(isWhole));
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
  await cluster.whole();
  return cluster;
}

async function isWhole(node: RedisEngine): Promise<void> {
  await eventually(
    async () => {
      const info = await node.command('CLUSTER', 'INFO');
      return info.includes('cluster_state:ok') && info.includes(`cluster_size:${NODES}`);
    },
    { what: `a whole cluster, as node ${node.port} sees it`, everyMs: 50 },
  );
}
