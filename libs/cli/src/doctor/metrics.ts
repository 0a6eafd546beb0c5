import type { Diagnostic } from '@admit-one/core';

const UNTRUSTED_FORWARDED = /^http_untrusted_forwarded_total(?:\{.*\})? (\S+)/gm;

/**
 * Reads a running process's metrics (Prometheus text format) for requests through proxies that it does not know of.
 * Rejects where they cannot be read.
 */
export async function inspectMetrics(url: URL, signal: AbortSignal): Promise<readonly Diagnostic[]> {
  const response = await fetch(...requestOf(url, signal));
  const text = await response.text();
  if (!response.ok) throw new Error(`the answer is HTTP ${response.status}`);
  const counts = [...text.matchAll(UNTRUSTED_FORWARDED)].map(([, count]) => Number(count));
  if (counts.length === 0) throw new Error('the answer has no http_untrusted_forwarded_total, as ours have');
  return [untrustedForwarded(counts.reduce((sum, count) => sum + count, 0))];
}

/** `fetch` takes no credentials in a URL. */
function requestOf(url: URL, signal: AbortSignal): [URL, RequestInit] {
  const { username, password } = url;
  const bare = Object.assign(new URL(url), { username: '', password: '' });
  const credentials = Buffer.from([username, password].map(decodeURIComponent).join(':')).toString('base64');
  const headers = new Headers(username || password ? { authorization: `Basic ${credentials}` } : {});
  return [bare, { headers, signal }];
}

function untrustedForwarded(count: number): Diagnostic {
  if (count === 0) return { level: 'ok', message: 'no X-Forwarded-For came from a peer that is not trusted' };
  return {
    level: 'warning',
    message: `requests with an X-Forwarded-For from a peer that TRUSTED_PROXIES does not list: ${count} so far`,
    remedy:
      'Where your load balancer sends it, list that in TRUSTED_PROXIES: until then, all clients seem to have its address. ' +
      'Where clients made it up, nothing is wrong.',
  };
}
