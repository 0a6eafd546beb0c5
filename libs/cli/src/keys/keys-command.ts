import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, exitCodes } from '../command-error.ts';
import { createProgress, type Terminal } from '../terminal.ts';
import { createKeyFiles } from './key-files.ts';

/** Adds `admit keys`. */
export function addKeysCommand(program: Command, { stdout, stderr }: Terminal): void {
  program
    .command('keys')
    .description(
      'Makes every password and key of an installation: files with the users of NATS, Redis and PostgreSQL,\n' +
        'and with the secret variables of each service. Only their owner can enter the folder.',
    )
    .option('--out <folder>', 'folder for the files, which must not exist', 'keys')
    .option('--nats <host:port>', 'where the services reach NATS', parseAddress, '127.0.0.1:4222')
    .option('--redis <host:port>', 'where they reach Redis', parseAddress, '127.0.0.1:6379')
    .option('--postgres <host:port>', 'where they reach PostgreSQL', parseAddress, '127.0.0.1:5432')
    .option('--tls', 'they reach all three over TLS', false)
    .action(async ({ out, ...addresses }) => {
      await makeFolder(out);
      for (const { name, purpose, text, forEngine } of createKeyFiles(addresses)) {
        await writeFile(join(out, name), text, { mode: forEngine ? 0o644 : 0o600, flag: 'wx' });
        stdout.write(`${join(out, name).padEnd(out.length + 20)} ${purpose}\n`);
      }
      createProgress(stderr).info(
        'docs/deployment.md says where each file goes. Keep them out of the repository.',
      );
    });
}

/** @throws {CommandError} where it exists or cannot be made */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST' ? 'exists. Name a new folder with --out.' : `cannot be created (${message}).`;
    throw new CommandError(`${folder} ${why}`, exitCodes.usage, { cause: error });
  }
}

function parseAddress(text: string): string {
  if (!/^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/i.test(text))
    throw new InvalidArgumentError('It must be a host and a port, such as nats.internal:4222.');
  return text;
}
