import { eventually } from '@admit-one/testkit';
import { cpuMicroseconds } from './proc.ts';

const LOOK_EVERY_MS = 250;
/** What processes use within that time which have nothing to do, all together. */
const IDLE_MICROSECONDS = 20_000;
const TIMEOUT_MS = 60_000;

/** Resolves when these processes have nothing left to do: where nothing else tells when that is. */
export async function resting(pids: readonly number[]): Promise<void> {
  let before = 0;
  await eventually(
    async () => {
      const used = cpuMicroseconds(pids).reduce((sum, each) => sum + each, 0);
      const more = used - before;
      before = used;
      if (more > IDLE_MICROSECONDS)
        throw new Error(`${Math.round(more)} µs of CPU were used in ${LOOK_EVERY_MS} ms`);
    },
    { what: 'processes at rest', timeoutMs: TIMEOUT_MS, everyMs: LOOK_EVERY_MS },
  );
}
