import type { RequestInit, Response } from 'undici';

/**
 * Sends a request, and reads its response: without redirects; through the proxy in `HTTPS_PROXY` or `HTTP_PROXY`, unless
 * `NO_PROXY` lists the host. For rare requests: each opens its connections and closes them.
 * @throws what `fetch` and `read` throw
 */
export async function fetchOnce<Result>(
  url: string | URL,
  init: RequestInit,
  read: (response: Response) => Result | Promise<Result>,
): Promise<Result> {
  // A start that fetches nothing does not load it.
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({ proxyTunnel: false });
  try {
    return await read(await fetch(url, { ...init, redirect: 'manual', dispatcher }));
  } finally {
    await dispatcher.destroy();
  }
}

/**
 * The message of the innermost cause. `fetch` wraps the cause, and a connection attempt to several addresses wraps one
 * error for each.
 */
export function rootMessageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return rootMessageOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootMessageOf(error.cause);
  return (error instanceof Error && error.message) || String(error);
}
