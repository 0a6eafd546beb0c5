import { writeFile } from 'node:fs/promises';
import { generateSigningKey, publicPartOf } from '@admit-one/identity';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../command-error.ts';
import { createProgress, type Terminal } from '../terminal.ts';

/** Adds `admit token new-key`. */
export function addNewKeyCommand(token: Command, { stdout, stderr }: Terminal): void {
  token
    .command('new-key')
    .description(
      'Generates a key for break-glass tokens: writes the private key to a file that only its owner can read,\n' +
        'and prints the public key as a JWK set, for BREAK_GLASS_JWKS of the audit-service.',
    )
    .requiredOption('--out <file>', 'file for the private key; an existing file is not overwritten')
    .action(async ({ out }) => {
      const key = generateSigningKey();
      await writeNew(out, `${JSON.stringify(key, null, 2)}\n`);
      stdout.write(`${JSON.stringify({ keys: [publicPartOf(key)] })}\n`);
      createProgress(stderr).info(
        `The private key is in ${out}. Keep it offline: anyone who has it can read the audit log.`,
      );
    });
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST'
        ? 'exists and is not overwritten. Name another file with --out.'
        : `cannot be written (${message}).`;
    throw new CommandError(`${file} ${why}`, exitCodes.usage, { cause: error });
  }
}
