import { type Redis, ReplyError } from 'ioredis';

/** The properties that a server reports. */
export interface ServerFacts {
  /** Its address, for messages. */
  readonly address: string;
  /** A line of `INFO`; '' if it is missing. */
  info(name: string): string;
}

/** Asks a server for its `INFO`. */
export async function factsOf(redis: Redis): Promise<ServerFacts> {
  const lines = new Map((await redis.info()).split('\r\n').map(nameAndValue));
  return { address: addressOf(redis), info: (name) => lines.get(name) ?? '' };
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1)];
}

export function addressOf({ options: { host, port } }: Redis): string {
  return `Redis at ${host}:${port}`;
}

/** A setting of the server; undefined if reading it is forbidden, as on many managed servers. */
export async function settingOf(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const [, value] = (await redis.config('GET', name)) as string[];
    return value;
  } catch (error) {
    if (error instanceof ReplyError) return undefined;
    throw error;
  }
}
