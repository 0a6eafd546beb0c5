import { fetchOnce, rootMessageOf } from '@admit-one/identity';
import { createOutageLog, type Logger } from '@admit-one/runtime';

/** Where notices are posted to. */
export interface Receiver {
  /** Whether it took the body. False too, and nothing is sent, while it is not tried again after a failure. */
  post(body: unknown): Promise<boolean>;
}

export interface ReceiverOptions {
  /** With user and password for basic authentication, where they are needed. */
  readonly url: string;
  readonly log: Logger;
  /** How long it is not tried again after its first failure; each further one doubles that, up to 16 times. */
  readonly retryMs: number;
  readonly timeoutMs?: number;
}

const MOST_DOUBLINGS = 4;

/** Logs when deliveries begin to fail, and when they succeed again. No line shows more of the URL than its host. */
export function createReceiver({ url, log, retryMs, timeoutMs = 5_000 }: ReceiverOptions): Receiver {
  const { host } = new URL(url);
  const outage = createOutageLog({
    log,
    about: { receiver: host },
    failure: 'alert_not_delivered',
    recovery: 'alerts_delivered_again',
  });
  let failures = 0;
  let notBefore = Number.NEGATIVE_INFINITY;

  return {
    async post(body) {
      if (performance.now() < notBefore) return false;
      try {
        await postJson(url, body, timeoutMs);
        failures = 0;
        outage.succeeded();
        return true;
      } catch (error) {
        notBefore = performance.now() + retryMs * 2 ** Math.min(failures, MOST_DOUBLINGS);
        failures += 1;
        outage.failed(error);
        return false;
      }
    },
  };
}

async function postJson(url: string, body: unknown, timeoutMs: number): Promise<void> {
  const { target, authorization } = basicAuthOf(url);
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  };
  try {
    await fetchOnce(target, request, (response) => {
      if (!response.ok) throw new Error(`the response has status ${response.status}`);
    });
  } catch (error) {
    throw new Error(`the notice was not taken: ${rootMessageOf(error)}`);
  }
}

/** A URL without its credentials, and the header that has them: `fetch` takes none in a URL. */
function basicAuthOf(text: string) {
  const url = new URL(text);
  const { username, password } = url;
  if (username === '' && password === '') return { target: url, authorization: {} };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  url.username = '';
  url.password = '';
  return {
    target: url,
    authorization: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}
