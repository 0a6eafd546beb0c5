import type { Redis } from 'ioredis';

/** Where a server is, for people. */
export function addressOf({ options: { host, port } }: Redis): string {
  return `Redis at ${host}:${port}`;
}

/** A setting of the server; undefined where it may not be asked for, as on many managed servers. */
export async function settingOf(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const [, value] = (await redis.config('GET', name)) as string[];
    return value;
  } catch {
    return undefined;
  }
}

/** The lines of `INFO` by name. */
export async function infoOf(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const lines = (await redis.info()).split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
