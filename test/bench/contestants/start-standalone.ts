import { join } from 'node:path';
import { createClosers } from '@admit-one/runtime';
import { startNats, startPostgres, startRedis, temporaryDirectory } from '@admit-one/testkit';
import { HOST, ORIGIN } from '../client/endpoint.ts';
import { freePort } from '../processes/free-port.ts';
import { resting } from '../processes/resting.ts';
import { startServer } from '../processes/server-process.ts';
import type { Contestant, Setting } from './contestant.ts';
import { wholeStoriesIn } from './whole-stories.ts';

/** Starts standalone on real engines. Its total has all of them, since the audit log is inside. */
export function startStandalone(setting: Setting): Promise<Contestant> {
  return start('standalone', join(setting.root, 'services', 'standalone', 'dist', 'main.js'), setting);
}

/** Starts the same without the ingest of the audit log: what it costs less is what the audit log costs. */
export function startWithoutAudit(setting: Setting): Promise<Contestant> {
  return start('no-audit', join(setting.programs, 'standalone-without-ingest.js'), setting);
}

async function start(id: 'standalone' | 'no-audit', program: string, setting: Setting): Promise<Contestant> {
  const { identity, logLevel, tracing, nodeOptions } = setting;
  const closers = createClosers();
  try {
    const directory = await temporaryDirectory();
    closers.add('data directory', directory.remove);
    const redis = await startRedis({ config: { 'maxmemory-policy': 'noeviction' } });
    closers.add('redis', redis.stop);
    const nats = await startNats();
    closers.add('nats', nats.stop);
    const postgres = await startPostgres();
    closers.add('postgres', postgres.stop);
    const metricsPort = await freePort();
    const server = await startServer({
      program,
      nodeOptions: nodeOptions(id),
      port: await freePort(),
      variables: {
        HOST,
        METRICS_PORT: `${metricsPort}`,
        LOG_LEVEL: logLevel,
        NATS_URL: nats.url,
        REDIS_URL: redis.url,
        DATABASE_URL: await postgres.createDatabase(),
        DATA_DIR: join(directory.path, 'data'),
        ...identity,
        ...tracing,
        FRONTEND_ORIGINS: ORIGIN,
        ROUTES: 'default=echo',
        DEMO_PAGE: 'false',
        DRAIN_SECONDS: '0',
      },
    });
    closers.add('standalone', server.stop);
    const processes = [
      { name: 'standalone', pid: server.pid, inTotal: true },
      { name: 'redis', pid: redis.pid, inTotal: true },
      { name: 'nats', pid: nats.pid, inTotal: true },
      { name: 'postgres', pid: postgres.pid, inTotal: true },
    ];
    let audited = 0;
    return {
      id,
      endpoint: { credential: 'ticket', port: server.port, ticketPort: server.port },
      processes,
      async settled(admissions) {
        if (id === 'no-audit') return resting(processes.map(({ pid }) => pid));
        audited += admissions;
        await wholeStoriesIn(`http://${HOST}:${metricsPort}/metrics`, audited);
      },
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
