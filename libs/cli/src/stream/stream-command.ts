import type { EventStreamMaintenance } from '@admit-one/diagnostics';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../command-error.ts';
import { createProgress, type Terminal } from '../terminal.ts';

/** Adds `admit stream`: ways out of a full event stream, and into an audit log that was restored. */
export function addStreamCommand(program: Command, terminal: Terminal): void {
  const stream = program
    .command('stream')
    .description(
      'Looks after the event stream of the NATS in the environment. No event that is not in the audit log is lost.',
    );
  stream
    .command('trim')
    .description('Removes the events that are in the audit log, also the latest.')
    .action(() =>
      maintain(terminal, async ({ trim }) => {
        const removed = await trim();
        return removed > 0
          ? `removed ${removed} batches that are in the audit log`
          : 'nothing to remove: no event in the stream is in the audit log. Start the audit-service, or run npx @admit-one/cli stream resize';
      }),
    );
  stream
    .command('resize')
    .description('Sets the size limit. Set NATS_STREAM_MAX_BYTES to the same.')
    .argument('<size>', 'in bytes, or with a unit: KiB, MiB, GiB', parseSize)
    .action((maxBytes: number) =>
      maintain(terminal, async ({ resize }) => {
        await resize(maxBytes);
        return `the size limit is ${maxBytes} bytes`;
      }),
    );
  stream
    .command('recreate')
    .description(
      'Replaces a stream whose settings cannot be changed, such as deny_purge, by one with the settings of this version.\n' +
        'Waits until the audit-service has stored all of it; events wait in the outbox for the last seconds of that.\n' +
        'If it is interrupted, run it again.',
    )
    .action(() =>
      maintain(terminal, async ({ recreate }) => {
        const { info } = createProgress(terminal.stderr);
        const onWait = (left: number) => info(`waiting for the audit-service: ${left} batches to store`);
        await recreate(onWait, terminal.interrupted);
        return 'the stream is replaced';
      }),
    );
  stream
    .command('replay')
    .description(
      'Has the audit-service store again all that the stream holds, after its database was restored from a backup.\n' +
        'Events that the audit log has already do not change it.',
    )
    .action(() =>
      maintain(terminal, async ({ replay }) => {
        const batches = await replay();
        return `the audit-service reads the stream again: ${batches} batches`;
      }),
    );
}

/** Prints what was done, and how full the stream is then. */
async function maintain(
  { env, stdout }: Terminal,
  work: (maintenance: EventStreamMaintenance) => Promise<string>,
): Promise<void> {
  // Loads every engine's client, which no other command needs.
  const { maintainEventStream } = await import('@admit-one/diagnostics');
  try {
    const line = await maintainEventStream(env, async (maintenance) => {
      const done = await work(maintenance);
      const { bytes, maxBytes } = await maintenance.level();
      const filled = maxBytes > 0 ? Math.floor((bytes / maxBytes) * 100) : 0;
      return `${done}; it is ${filled} % full`;
    });
    stdout.write(`${line}\n`);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), exitCodes.failure, {
      cause: error,
    });
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const SMALLEST = 2 ** 20;

function parseSize(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15})(KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? 1);
  if (digits === '' || !Number.isSafeInteger(bytes))
    throw new CommandError(
      'The size is a number of bytes, or one with a unit, such as 2GiB.',
      exitCodes.usage,
    );
  if (bytes < SMALLEST) throw new CommandError('The size is at least 1 MiB.', exitCodes.usage);
  return bytes;
}
