import { InvalidArgumentError } from 'commander';

/** Where `npm start` listens. */
export const DEFAULT_URL = 'http://localhost:8080';

/** @throws {InvalidArgumentError} where it is not an http or https URL, or has credentials */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError(`It must be an http or https URL, like ${DEFAULT_URL}.`);
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('It must have no user name and no password.');
  return url;
}

/** The URL of a path below a server's URL, whose own path is the prefix of all others. */
export function urlBelow(base: URL, path: string): URL {
  const url = new URL(base.origin);
  // Set, not resolved: a prefix that begins with two slashes would name another host.
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/${path}`;
  return url;
}
