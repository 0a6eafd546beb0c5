/** How long tests wait for what should come soon: a busy machine is slow, and only what hangs takes as long. */
export const PATIENCE_MS = 120_000;

/**
 * What the promise gives, if that is soon enough.
 * @throws {Error} that names what did not come, after `timeoutMs`
 */
export async function within<T>(promise: Promise<T>, what: string, timeoutMs = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
