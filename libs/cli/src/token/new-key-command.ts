import { writeFile } from 'node:fs/promises';
import { generateSigningKey, publicPartOf } from '@admit-one/identity';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { createNarrator } from '../narrator.ts';
import type { Terminal } from '../terminal.ts';

/** Adds `admit token new-key`. */
export function addNewKeyCommand(token: Command, { stdout, stderr }: Terminal): void {
  token
    .command('new-key')
    .description(
      'Makes a key for break-glass tokens: writes the private one to a file that only its owner can read,\n' +
        'and prints the public one as a JWK set, for BREAK_GLASS_JWKS of the audit-service.',
    )
    .requiredOption('--out <file>', 'where the private key goes; a file that is there is left as it is')
    .action(async ({ out }) => {
      const key = generateSigningKey();
      await writeNew(out, `${JSON.stringify(key, null, 2)}\n`);
      stdout.write(`${JSON.stringify({ keys: [publicPartOf(key)] })}\n`);
      createNarrator(stderr, { verbose: false }).say(
        `The private key is in ${out}. Keep it offline: whoever has it can read the audit trail.`,
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
        ? 'is there already, and is left as it is. Name another file with --out.'
        : `cannot be written (${message}).`;
    throw new CommandError(`${file} ${why}`, exitCodes.usage, { cause: error });
  }
}
