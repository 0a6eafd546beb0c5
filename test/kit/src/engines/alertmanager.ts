import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';

/** An Alertmanager without peers. @param file its configuration @throws {Error} with its output, if it does not start */
export async function startAlertmanager(file: string): Promise<Engine> {
  const program = findProgram('prometheus-alertmanager');
  return startEngine({
    prepare: (folder) => copyFile(file, join(folder, 'alertmanager.yml')),
    command: (folder, port) => ({
      program,
      args: [
        '--config.file=alertmanager.yml',
        '--storage.path=data',
        `--web.listen-address=${LOOPBACK}:${port}`,
        '--cluster.listen-address=',
      ],
      cwd: folder,
    }),
    url: (host, port) => `http://${host}:${port}`,
    ready: /Listening on/,
    stopSignal: 'SIGTERM',
  });
}
