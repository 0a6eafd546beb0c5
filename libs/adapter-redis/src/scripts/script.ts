import { createHash } from 'node:crypto';
import { APPEND } from './append.ts';
import { BEGIN_EPOCH } from './begin-epoch.ts';
import { CONTROL_CHANGE, CONTROL_ENFORCE, CONTROL_READ, CONTROL_RESTORE, CONTROL_SCAN } from './control.ts';
import type { Script } from './fence.ts';
import { INSPECT, LOAD, TIME } from './load.ts';
import { LEASE, LEVEL, REMOVE, UNLEASE } from './outbox.ts';
import { RECORD } from './record.ts';

const SCRIPTS = {
  append: APPEND,
  beginEpoch: BEGIN_EPOCH,
  controlChange: CONTROL_CHANGE,
  controlEnforce: CONTROL_ENFORCE,
  controlRead: CONTROL_READ,
  controlRestore: CONTROL_RESTORE,
  controlScan: CONTROL_SCAN,
  inspect: INSPECT,
  lease: LEASE,
  level: LEVEL,
  load: LOAD,
  record: RECORD,
  remove: REMOVE,
  time: TIME,
  unlease: UNLEASE,
} as const satisfies Readonly<Record<string, Script>>;

export type ScriptName = keyof typeof SCRIPTS;

/** What a script replies to a call: its outcome in a word, then what belongs to it. */
export type ScriptReply = readonly [outcome: string, ...rest: string[]];

/** A call of a script, with every key that it touches: all of one partition. */
export interface ScriptCall {
  readonly script: ScriptName;
  readonly partition: number;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/**
 * A script for many calls. ARGV: for each call, the numbers of its keys and arguments, then its arguments. Replies with the
 * reply of each. A call that fails gets the outcome `error` and the message: the others are carried out all the same.
 */
function sourceOf({ flags, once, each }: Script): string {
  return `#!lua${flags ? ` flags=${flags}` : ''}
${once}
local function carry_out(KEYS, ARGV)
${each}
end
local replies, key, arg = {}, 0, 0
while arg < #ARGV do
  local last_key, last_arg = key + ARGV[arg + 1], arg + 2 + ARGV[arg + 2]
  local ok, reply = pcall(carry_out, {unpack(KEYS, key + 1, last_key)}, {unpack(ARGV, arg + 3, last_arg)})
  key, arg = last_key, last_arg
  replies[#replies + 1] = ok and reply or {'error', type(reply) == 'table' and reply.err or tostring(reply)}
end
return replies
`;
}

/** The source of a script, and the hash that Redis knows it by. */
export interface ScriptText {
  readonly source: string;
  readonly hash: string;
}

export function createScriptTexts(): (script: ScriptName) => ScriptText {
  const texts = new Map<ScriptName, ScriptText>();
  return (script) => {
    const known = texts.get(script);
    if (known) return known;
    const source = sourceOf(SCRIPTS[script]);
    const text = { source, hash: createHash('sha1').update(source).digest('hex') };
    texts.set(script, text);
    return text;
  };
}
