import type { IncomingMessage } from 'node:http';
import { createPeerCheck } from '@admit-one/runtime';

/** Headers set by proxies: behind one, all clients connect from this machine. */
const FORWARDED =
  /^(?:forwarded|x-forwarded-.+|x-real-ip|x-original-.+|via|cf-.+|true-client-ip|x-client-ip)$/;

/** A `Host`, or an `Origin` behind its scheme, that names this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Checks whether a request comes from this machine and did not pass a proxy. A proxy without any setting adds no header:
 * nginx then speaks HTTP/1.0, others pass on the public `Host`, and a browser's `Origin` is that of the public page.
 */
export function createLocalCheck(): (request: IncomingMessage) => boolean {
  const isLoopback = createPeerCheck(['127.0.0.0/8', '::1/128']);
  return (request) => {
    const { host = '', origin } = request.headers;
    return (
      isLoopback(request) &&
      request.httpVersion === '1.1' &&
      LOOPBACK.test(host) &&
      (origin === undefined || LOOPBACK.test(origin.replace(/^https?:\/\//, ''))) &&
      !Object.keys(request.headers).some((name) => FORWARDED.test(name))
    );
  };
}
