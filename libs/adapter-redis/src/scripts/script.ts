import { createHash } from 'node:crypto';
import type { RedisClient } from '../client/client.ts';
import { APPEND } from './append.ts';
import { BEGIN_EPOCH } from './begin-epoch.ts';
import { CONTROL_CHANGE, CONTROL_ENFORCE, CONTROL_READ, CONTROL_RESTORE } from './control.ts';
import { INSPECT, LOAD, TIME } from './load.ts';
import { LEASE, REMOVE, UNLEASE } from './outbox.ts';
import { RECORD } from './record.ts';

const SOURCES = {
  append: APPEND,
  beginEpoch: BEGIN_EPOCH,
  controlChange: CONTROL_CHANGE,
  controlEnforce: CONTROL_ENFORCE,
  controlRead: CONTROL_READ,
  controlRestore: CONTROL_RESTORE,
  inspect: INSPECT,
  lease: LEASE,
  load: LOAD,
  record: RECORD,
  remove: REMOVE,
  time: TIME,
  unlease: UNLEASE,
} as const;

export type ScriptName = keyof typeof SOURCES;

/** What a script replies: its outcome in a word, then what belongs to it. */
export type ScriptReply = readonly [outcome: string, ...rest: string[]];

/** A call of a script, with every key that it touches. */
export interface ScriptCall {
  readonly script: ScriptName;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** Runs scripts by their hash; a server that does not know one yet gets its source. */
export function createScriptRunner(client: RedisClient): (call: ScriptCall) => Promise<ScriptReply> {
  const hashes = new Map<ScriptName, string>();

  function hashOf(script: ScriptName): string {
    const known = hashes.get(script);
    if (known !== undefined) return known;
    const hash = createHash('sha1').update(SOURCES[script]).digest('hex');
    hashes.set(script, hash);
    return hash;
  }

  return async ({ script, keys, args }) => {
    try {
      return (await client.evalsha(hashOf(script), keys.length, ...keys, ...args)) as ScriptReply;
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return (await client.eval(SOURCES[script], keys.length, ...keys, ...args)) as ScriptReply;
    }
  };
}
