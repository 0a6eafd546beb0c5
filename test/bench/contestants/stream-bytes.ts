import { openNatsRequests } from '@admit-one/adapter-nats';
import { asRole, eventually, type NatsEngine } from '@admit-one/testkit';

/** What the event stream holds, in bytes, with what JetStream keeps beside each message. */
export async function streamBytes({ url }: NatsEngine): Promise<number> {
  const requests = await openNatsRequests({ url: asRole(url, 'operator'), name: 'bench', onError: () => {} });
  try {
    await eventually(() => requests.connected, { what: 'the connection to NATS' });
    const info = (await requests.requests.request('$JS.API.STREAM.INFO.ADMIT', {}, TIMEOUT_MS)) as StreamInfo;
    return info.state.bytes;
  } finally {
    await requests.close();
  }
}

const TIMEOUT_MS = 5_000;

interface StreamInfo {
  readonly state: { readonly bytes: number };
}
