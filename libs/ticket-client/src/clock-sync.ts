import type { TicketClient } from './ticket-client.ts';

/** Often enough that drift does not matter, also on an edge without traffic. */
const EVERY_MS = 30_000;
const RETRY_MS = 1_000;

/** Sets the clock to the store's, repeatedly. Resolves after the first try, with a function that stops it. */
export async function startClockSync({
  synchronize,
}: Pick<TicketClient, 'synchronize'>): Promise<() => void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function sync(): Promise<void> {
    const synchronized = await synchronize();
    if (stopped) return;
    timer = setTimeout(() => void sync(), synchronized ? EVERY_MS : RETRY_MS);
    timer.unref();
  }

  await sync();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
