import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Linked from this workspace, so that the test needs no registry. */
const others = ['react', 'react-dom', 'scheduler', 'csstype', '@types/react', '@types/react-dom'];

/** An application outside the workspace with the packed client installed. */
export interface InstalledApp {
  readonly path: string;
  /** The folder of the installed client. */
  readonly client: string;
  /** Runs a script of the workspace's `node_modules` in the folder of the application. @throws {Error} with its output */
  readonly run: (program: string, ...args: readonly string[]) => Promise<string>;
  readonly remove: TemporaryDirectory['remove'];
}

/** Packs the built client and installs the tarball into a copy of the application's sources. */
export async function installApp(): Promise<InstalledApp> {
  const directory = await temporaryDirectory();
  const { path } = directory;
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: path, NODE_ENV: 'production' };
  const npm = (cwd: string, ...args: string[]) => run('npm', args, { cwd, env });

  const packed = await npm(join(root, 'libs', 'client'), 'pack', '--silent', '--pack-destination', path);
  await cp(join(import.meta.dirname, 'app'), path, { recursive: true });
  await writeFile(join(path, 'package.json'), '{"name":"app","private":true,"type":"module"}');
  await npm(path, 'install', '--offline', '--no-audit', '--no-fund', `./${packed.stdout.trim()}`);
  for (const name of others) {
    const link = join(path, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link);
  }

  return {
    path,
    client: join(path, 'node_modules', '@admit-one', 'client'),
    async run(program, ...args) {
      const script = resolve(root, 'node_modules', program);
      const { stdout, stderr } = await run(process.execPath, [script, ...args], { cwd: path, env }).catch(
        ({ stdout: printed, stderr: complained }) => {
          throw new Error(`${program}: ${printed}${complained}`);
        },
      );
      return stdout + stderr;
    },
    remove: directory.remove,
  };
}
