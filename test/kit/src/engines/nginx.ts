import { writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';

export interface NginxOptions {
  /** What is in its `http` block. @param listen what its server listens at: address and port */
  config(listen: string): string;
  /** Files for it to include, by their paths in its folder. Relative paths in any of them are from there too. */
  readonly files?: Readonly<Record<string, string>>;
  /** How many connections it may have, those to upstreams included. */
  readonly connections?: number;
}

/** One process and no daemon, which writes to its own folder alone. */
function mainConfig(http: string, connections: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'daemon off; master_process off; pid nginx.pid; error_log stderr notice;',
    `worker_rlimit_nofile ${2 * connections}; events { worker_connections ${connections}; }`,
    'http {',
    ...temporary.map((name) => `${name}_temp_path temp_${name};`),
    http,
    '}\n',
  ].join('\n');
}

/** Starts an nginx. @throws {Error} with its output, if its configuration is invalid */
export async function startNginx(options: NginxOptions): Promise<Engine> {
  const { config, files = {}, connections = 512 } = options;
  const program = findProgram('nginx');
  return startEngine({
    async prepare(folder) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
    command(folder, port) {
      writeFileSync(join(folder, 'nginx.conf'), mainConfig(config(`${LOOPBACK}:${port}`), connections));
      return {
        program,
        args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
        cwd: folder,
      };
    },
    url: (host, port) => `http://${host}:${port}`,
    ready: /getrlimit\(RLIMIT_NOFILE\)/,
    stopSignal: 'SIGTERM',
  });
}
