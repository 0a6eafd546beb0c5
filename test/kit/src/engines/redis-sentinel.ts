import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';
import { type RedisEngine, type RedisOptions, startRedis } from './redis.ts';
import { redisCli } from './redis-cli.ts';

export interface RedisSentinelOptions extends RedisOptions {
  readonly replicas?: number;
  readonly sentinels?: number;
  /**
   * How long the master may be silent before the first sentinel has the others elect it to promote a replica: 1 s, or
   * whatever is longer than the half second between its pings.
   */
  readonly downAfterMs?: number;
}

/** A master with its replicas, and the sentinels that watch them. */
export interface RedisSentinelGroup {
  /** What the sentinels call the group. */
  readonly name: string;
  readonly nodes: readonly RedisEngine[];
  readonly sentinels: readonly Engine[];
  /** The node that every sentinel names as the master. @throws {Error} where they do not agree on one */
  master(): Promise<RedisEngine>;
  /** Stops all of them. */
  stop(): Promise<void>;
}

const NAME = 'admit';
const PING_PERIOD_MS = 500;
/**
 * What a sentinel usually does every one to ten seconds, it does ten times a second. It pings less often, because it
 * promotes no replica that has been silent for five pings, and a busy machine is silent for a while.
 */
const HASTE = [
  ...['info-period', 'publish-period', 'ask-period'].flatMap((name) => [name, '100']),
  ...['ping-period', `${PING_PERIOD_MS}`],
];

/**
 * Starts a group, and resolves once its replicas are in step and a failover would succeed. Each sentinel is slower to
 * miss the master than the one before, for sentinels that miss it at once split the vote and then wait for seconds.
 */
export async function startRedisSentinel(options: RedisSentinelOptions = {}): Promise<RedisSentinelGroup> {
  const { replicas = 1, sentinels: count = 3, downAfterMs = 2 * PING_PERIOD_MS, config = {} } = options;
  const { requirepass } = config;
  const started: Engine[] = [];
  const stop = async () => {
    await Promise.all(started.map((engine) => engine.stop()));
  };
  async function keep<E extends Engine>(engine: Promise<E>): Promise<E> {
    const running = await engine;
    started.push(running);
    return running;
  }

  try {
    const shared = { ...(requirepass !== undefined && { masterauth: requirepass }), ...config };
    const first = await keep(startRedis({ config: shared }));
    const replica = { ...shared, replicaof: `${first.host} ${first.port}` };
    const nodes = [first, ...(await all(replicas, () => keep(startRedis({ config: replica }))))];
    const lines = (place: number) => [
      `monitor ${NAME} ${first.host} ${first.port} 1`,
      `down-after-milliseconds ${NAME} ${downAfterMs * place}`,
      `failover-timeout ${NAME} 2000`,
      ...(requirepass === undefined ? [] : [`auth-pass ${NAME} ${requirepass}`]),
    ];
    const sentinels = await all(count, (place) => keep(startSentinel(lines(place))));
    await Promise.all(sentinels.map((sentinel) => readiness(sentinel, nodes.length, count)));
    return { name: NAME, nodes, sentinels, master: () => agreedMaster(nodes, sentinels), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Rejects only after the last one has started or failed, so that none starts behind the back of a clean-up. */
async function all<T>(count: number, start: (place: number) => Promise<T>): Promise<T[]> {
  const starts = Array.from({ length: count }, (_, index) => start(index + 1));
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

function startSentinel(lines: readonly string[]): Promise<Engine> {
  const program = findProgram('redis-sentinel');
  const text = [`bind ${LOOPBACK}`, ...lines.map((line) => `sentinel ${line}`), ''].join('\n');
  return startEngine({
    prepare: (folder) => writeFile(join(folder, 'sentinel.conf'), text),
    command: (folder, port) => ({ program, args: ['sentinel.conf', '--port', `${port}`], cwd: folder }),
    url: (host, port) => `redis://${host}:${port}`,
    ready: /Sentinel ID is/,
    stopSignal: 'SIGTERM',
  });
}

/** Resolves once it knows every node and every other sentinel, and each replica is in step. */
async function readiness(sentinel: Engine, nodes: number, sentinels: number): Promise<void> {
  const command = redisCli(sentinel.url);
  await command('SENTINEL', 'DEBUG', ...HASTE);
  await eventually(
    async () => {
      const replicas = await command('SENTINEL', 'REPLICAS', NAME);
      const inStep = replicas.match(/master-link-status\nok/g)?.length ?? 0;
      const others = (await command('SENTINEL', 'SENTINELS', NAME)).match(/^runid$/gm)?.length ?? 0;
      await command('SENTINEL', 'CKQUORUM', NAME);
      return inStep === nodes - 1 && others === sentinels - 1;
    },
    { what: `a sentinel that knows ${nodes} nodes and ${sentinels} sentinels` },
  );
}

async function agreedMaster(
  nodes: readonly RedisEngine[],
  sentinels: readonly Engine[],
): Promise<RedisEngine> {
  const answers = await Promise.all(
    sentinels
      .filter(({ isRunning }) => isRunning)
      .map(({ url }) => redisCli(url)('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)),
  );
  const [named, ...others] = new Set(answers.map((answer) => answer.split('\n').at(1)));
  const master = nodes.find(({ port }) => `${port}` === named);
  if (master === undefined || others.length > 0)
    throw new Error(`the sentinels name ${answers.join(' and ')}`);
  return master;
}
