import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { createClosers } from '@admit-one/runtime';
import {
  findProgram,
  startNats,
  startNginx,
  startPostgres,
  startRedis,
  temporaryDirectory,
} from '@admit-one/testkit';
import { runProgram } from '../stack/program.ts';
import type { Variables } from '../stack/stack.ts';
import { type Certificates, createCertificates } from './certificates.ts';

const run = promisify(execFile);
const deploy = join(import.meta.dirname, '..', '..', 'deploy');

type ProcessName = 'ticket-service' | 'ws-edge' | 'audit-service' | 'standalone';

/** Engines with the files of `deploy` and the keys of `admit keys`, as docs/deployment.md sets them up. */
export interface Installation {
  /** The folder with the keys. */
  readonly keys: string;
  /**
   * What `--env-file=deploy/env/<process>.env --env-file=keys/<process>.env` says, with free ports and these engines.
   * @param settings in the place of the first file
   */
  variables(process: ProcessName, settings?: Variables): Promise<Variables>;
  /** The URL of an nginx with `deploy/nginx/services.conf` in front of services. @param urls by the names in that file */
  serve(urls: Readonly<Record<string, string>>): Promise<string>;
  /** Runs the command `admit` to its end. */
  admit(args: readonly string[], options?: { input?: string; env?: Variables }): Promise<string>;
  stop(): Promise<void>;
}

/** @param tls whether every link is encrypted, with certificates of a throw-away authority */
export async function startInstallation({ tls }: { readonly tls: boolean }): Promise<Installation> {
  const closers = createClosers();
  const directory = await temporaryDirectory();
  closers.add('folder', directory.remove);
  const certificates = tls ? await createCertificates(directory.path) : undefined;
  const trust: Variables = certificates ? { NODE_EXTRA_CA_CERTS: certificates.ca } : {};
  const keys = join(directory.path, 'keys');

  const admit: Installation['admit'] = async (args, { input = '', env = {} } = {}) => {
    const program = runProgram('libs/cli/bin/admit.js', args, { ...trust, ...env });
    program.process.stdin?.end(input);
    if ((await program.ended) !== 0) throw new Error(`admit ${args.join(' ')}: ${program.stderr()}`);
    return program.stdout();
  };

  try {
    await admit(['keys', '--out', keys, ...(tls ? ['--tls'] : [])]);
    const ports = await startEngines({ keys, folder: directory.path, certificates, closers });

    return {
      keys,
      async variables(process, settings) {
        const secrets = await readFile(join(keys, `${process}.env`), 'utf8');
        return {
          ...(settings ?? readEnv(await readFile(join(deploy, 'env', `${process}.env`), 'utf8'))),
          ...readEnv(secrets.replaceAll(/:(4222|6379|5432)\b/g, (_, port) => `:${ports[port]}`)),
          ...{ PORT: '0', METRICS_PORT: '0', ...trust },
        };
      },
      async serve(urls) {
        const nginx = await startNginx({ config: await nginxConfig(urls, certificates) });
        closers.add('nginx', nginx.stop);
        return nginx.url.replace('http:', tls ? 'https:' : 'http:');
      },
      admit,
      stop: closers.close,
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function readEnv(text: string): Variables {
  return parseEnv(text) as Variables;
}

interface EngineFiles {
  readonly keys: string;
  readonly folder: string;
  readonly certificates: Certificates | undefined;
  readonly closers: ReturnType<typeof createClosers>;
}

/** Resolves with the ports of the engines by those that the files name. */
async function startEngines(files: EngineFiles): Promise<Readonly<Record<string, number>>> {
  const { keys, folder, certificates, closers } = files;
  const configFile = join(folder, 'nats.conf');
  const natsTls = certificates
    ? `tls { cert_file: "${certificates.cert}", key_file: "${certificates.key}" }\n`
    : '';
  await writeFile(configFile, natsTls + (await readFile(join(deploy, 'nats', 'nats.conf'), 'utf8')));
  const passwords = readEnv(await readFile(join(keys, 'nats.env'), 'utf8'));
  const nats = await startNats({ configFile, env: { NATS_STORE_DIR: 'data', ...passwords } });
  closers.add('NATS', nats.stop);

  const redis = await startRedis({
    config: {
      include: join(deploy, 'redis', 'redis.conf'),
      // A disk that other tests keep busy would hold up every write.
      appendfsync: 'no',
      aclfile: join(keys, 'redis-users.acl'),
      ...(certificates && {
        'tls-cert-file': certificates.cert,
        'tls-key-file': certificates.key,
        'tls-auth-clients': 'no',
      }),
    },
  });
  closers.add('Redis', redis.stop);

  const postgres = await startPostgres({
    settings: certificates
      ? { ssl: 'on', ssl_cert_file: certificates.cert, ssl_key_file: certificates.postgresKey }
      : {},
  });
  closers.add('PostgreSQL', postgres.stop);
  await run(findProgram('psql'), [
    '-d',
    postgres.url,
    '-f',
    join(keys, 'postgres.sql'),
    '-v',
    'ON_ERROR_STOP=1',
  ]);
  return { 4222: nats.port, 6379: redis.port, 5432: postgres.port };
}

async function nginxConfig(
  urls: Readonly<Record<string, string>>,
  certificates: Certificates | undefined,
): Promise<(listen: string) => string> {
  const text = await readFile(join(deploy, 'nginx', 'services.conf'), 'utf8');
  const named = text
    .replaceAll('/var/log/nginx/', '')
    .replaceAll(/server ([\w-]+):\d+/g, (_, name) => `server ${new URL(urls[name] ?? '').host}`);
  return (listen) =>
    certificates
      ? named
          .replace('listen 8000;', `listen ${listen} ssl;`)
          .replace(/# (ssl_certificate) .*;/, `$1 ${certificates.cert};`)
          .replace(/# (ssl_certificate_key) .*;/, `$1 ${certificates.key};`)
      : named.replace('listen 8000;', `listen ${listen};`);
}
