import type { Finding } from '@admit-one/core';

const UNTRUSTED_FORWARDED = /^http_untrusted_forwarded_total(?:\{.*\})? (\S+)/gm;

/**
 * Reads a running process's metrics (Prometheus text format) for requests through proxies that it does not know of.
 * Rejects where they cannot be read.
 */
export async function inspectMetrics(url: URL, signal: AbortSignal): Promise<readonly Finding[]> {
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
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  if (username === '' && password === '') return [bare, { signal }];
  const credentials = [username, password].map(decodeURIComponent).join(':');
  return [
    bare,
    { signal, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } },
  ];
}

function untrustedForwarded(count: number): Finding {
  if (count === 0) return { level: 'ok', what: 'no request came through a proxy that is not trusted' };
  return {
    level: 'warning',
    what: `${count} requests had an X-Forwarded-For that was not believed, from peers that TRUSTED_PROXIES does not list`,
    remedy:
      'If these peers are your load balancers, list them in TRUSTED_PROXIES: until then all clients seem to have their ' +
      'addresses. If not, clients make it up, and all is well.',
  };
}
