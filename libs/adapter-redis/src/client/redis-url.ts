export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Where the data is, and how it is found. */
export type RedisTarget = Access &
  (
    | { readonly kind: 'node'; readonly node: RedisAddress; readonly database: number }
    | { readonly kind: 'sentinel'; readonly sentinels: readonly RedisAddress[]; readonly master: string }
    | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] }
  );

const FORM = /^(rediss?)(-sentinel|-cluster)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^/?#]*))?$/;

/**
 * Reads the URL of a Redis. The user and password are those of the servers that hold the data.
 *
 * - `redis://user:password@host:6379/0` is one node
 * - `redis-sentinel://host:26379,host:26379/name` is the master of that name, as these Sentinels say
 * - `redis-cluster://host:6379,host:6379` is the cluster that these nodes belong to
 *
 * With `rediss` in the place of `redis`, the servers that hold the data are spoken to over TLS.
 * @throws {TypeError} that says what is wrong, without the URL: it may hold a password
 */
export function parseRedisUrl(url: string): RedisTarget {
  const [, scheme, kind, userInfo, hosts, path] = FORM.exec(url) ?? [];
  if (scheme === undefined || hosts === undefined)
    throw new TypeError(
      'a Redis URL begins with redis://, redis-sentinel:// or redis-cluster://, then come hosts',
    );
  const access = { tls: scheme === 'rediss', ...credentialsOf(userInfo) };
  const addresses = (defaultPort: number) => hosts.split(',').map((host) => addressOf(host, defaultPort));
  switch (kind) {
    case '-sentinel':
      if (!path) throw new TypeError('the URL of Sentinels ends with /<name of the master>');
      return { kind: 'sentinel', sentinels: addresses(26_379), master: decoded(path), ...access };
    case '-cluster':
      if (path) throw new TypeError('Redis Cluster has no databases: its URL has no path');
      return { kind: 'cluster', nodes: addresses(6_379), ...access };
    default: {
      const [node, another] = addresses(6_379);
      if (!node || another)
        throw new TypeError('redis:// names one node; see redis-sentinel:// and redis-cluster://');
      if (!/^\d*$/.test(path ?? '')) throw new TypeError('the database of a Redis URL is a number');
      return { kind: 'node', node, database: Number(path ?? 0), ...access };
    }
  }
}

function credentialsOf(userInfo = ''): Pick<Access, 'username' | 'password'> {
  const colon = userInfo.indexOf(':');
  const [username, password] =
    colon < 0 ? [userInfo, ''] : [userInfo.slice(0, colon), userInfo.slice(colon + 1)];
  return {
    username: username === '' ? undefined : decoded(username),
    password: password === '' ? undefined : decoded(password),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError('a percent sign in a Redis URL is written %25');
  }
}

function addressOf(host: string, defaultPort: number): RedisAddress {
  const [, bracketed, name, port] = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(host) ?? [];
  const found = bracketed ?? name;
  if (found === undefined || Number(port) > 65_535)
    throw new TypeError('a host of a Redis URL is name:port, or [IPv6]:port');
  return { host: found, port: port === undefined ? defaultPort : Number(port) };
}
