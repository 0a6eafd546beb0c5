import { type Command, InvalidArgumentError } from 'commander';
import type { AuditContext } from '../audit-context.ts';
import { counted } from '../output/numbers.ts';

const PAGE = 1_000;

interface SealsReply {
  readonly seals: readonly { readonly number: number; readonly jws: string }[];
}

/** Adds `admit audit seals`. */
export function addSealsCommand(audit: Command, context: AuditContext): void {
  audit
    .command('seals')
    .description(
      'Prints the seals over the audit log, a line of JSON for each, or with --keys the public keys that signed them.\n' +
        'Keep a copy of the keys outside of the installation: who can change the log could change them too.\n' +
        'Example: npx @admit-one/cli audit seals > seals.ndjson',
    )
    .option('--after <number>', 'only the seals behind this one', parseNumber, 0)
    .option('--keys', 'the public keys, as a JWK Set', false)
    .action(async (options: { after: number; keys: boolean }, command: Command) => {
      const api = context.connect(command);
      const { stdout } = context.terminal;
      if (options.keys) {
        const { keys } = await api.json<{ keys: readonly object[] }>('keys', ['keys']);
        stdout.write(`${JSON.stringify({ keys }, null, 2)}\n`);
        return;
      }
      let { after } = options;
      for (let count = 0; ; ) {
        const { seals } = await api.json<SealsReply>('seals', ['seals'], {
          parameters: [
            ['after', String(after)],
            ['limit', String(PAGE)],
          ],
        });
        for (const seal of seals) stdout.write(`${JSON.stringify(seal)}\n`);
        count += seals.length;
        after = seals.at(-1)?.number ?? after;
        if (seals.length < PAGE) return context.progress.info(`${counted(count, 'seal')}`);
      }
    });
}

function parseNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be the number of a seal.');
  return Number(text);
}
