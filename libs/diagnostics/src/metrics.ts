import type { Diagnostic } from '@admit-one/core';

const UNTRUSTED_FORWARDED = /^http_untrusted_forwarded_total(?:\{.*\})? (\S+)/gm;

/**
 * Looks in a running process's metrics (Prometheus text format) for requests through proxies that `TRUSTED_PROXIES`
 * does not list. Rejects where the metrics cannot be read.
 */
export async function inspectMetrics(url: URL, signal: AbortSignal): Promise<readonly Diagnostic[]> {
  const response = await fetch(...requestOf(url, signal));
  const text = await response.text();
  if (!response.ok) throw new Error(`the response is HTTP ${response.status}`);
  const counts = [...text.matchAll(UNTRUSTED_FORWARDED)].map(([, count]) => Number(count));
  if (counts.length === 0)
    throw new Error('the response has no http_untrusted_forwarded_total: it is not from Admit One');
  return [untrustedForwarded(counts.reduce((sum, count) => sum + count, 0))];
}

/** `fetch` rejects URLs with credentials. */
function requestOf(url: URL, signal: AbortSignal): [URL, RequestInit] {
  const { username, password } = url;
  const bare = Object.assign(new URL(url), { username: '', password: '' });
  const credentials = Buffer.from([username, password].map(decodeURIComponent).join(':')).toString('base64');
  const headers = new Headers(username || password ? { authorization: `Basic ${credentials}` } : {});
  return [bare, { headers, signal }];
}

function untrustedForwarded(count: number): Diagnostic {
  if (count === 0) return { level: 'ok', message: 'no X-Forwarded-For came from an untrusted peer' };
  return {
    level: 'warning',
    message: `${count} requests had an X-Forwarded-For from a peer that TRUSTED_PROXIES does not list`,
    remedy:
      'If your load balancer sends it, add its address to TRUSTED_PROXIES: until then all clients seem to have that address. ' +
      'If clients send it themselves, nothing is wrong.',
  };
}
