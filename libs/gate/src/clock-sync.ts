import type { Gate } from './gate.ts';

/** Often enough that no drift matters, also where no ticket comes by. */
const EVERY_MS = 30_000;
const RETRY_MS = 1_000;

/** Sets the clock by the store's, now and again and again. Resolves after the first try, with the way out. */
export async function startClockSync({ synchronize }: Pick<Gate, 'synchronize'>): Promise<() => void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function hear(): Promise<void> {
    const heard = await synchronize();
    if (stopped) return;
    timer = setTimeout(() => void hear(), heard ? EVERY_MS : RETRY_MS);
    timer.unref();
  }

  await hear();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
