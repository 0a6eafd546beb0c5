import { PLACE_PARTS } from '@admit-one/core';

/** A script, run for many calls at once. Each call is carried out by itself, as if it were the only one. */
export interface Script {
  readonly flags?: 'no-writes' | 'allow-oom';
  /** Lua, once before all calls: what they share. */
  readonly once: string;
  /** Lua, for each call, with its own `KEYS` and `ARGV`. Returns the call's reply. */
  readonly each: string;
}

/**
 * Lua: `server`, who runs this script, as a process (`run_id`) and as a history of writes (`master_replid`, which changes
 * when a replica is promoted, so a node that was demoted and comes back is not taken for the one it was).
 * Asked of the server inside the script: no client, connection or proxy in between can hold an outdated belief.
 */
export const SERVER = `
local info = redis.call('INFO', 'server', 'replication')
local _, run_id = string.find(info, 'run_id:', 1, true)
local _, replid = string.find(info, 'master_replid:', run_id or 1, true)
if not run_id or not replid then
  return redis.error_reply('NOFENCE INFO tells no run_id or no master_replid')
end
local server = string.sub(info, run_id + 1, run_id + 40) .. string.sub(info, replid + 1, replid + 40)
`;

/** Lua: `now`, in Unix milliseconds: one time for all calls of a run. */
const NOW = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
`;

/** Lua, once for all calls of a script that has a fence: `server` and `now`. */
export const FENCED: string = SERVER + NOW;

/**
 * Lua, where KEYS[1] is the partition's epoch: `key` and `sequence` of the present epoch. Where the epoch is another
 * server's, acknowledged writes may be missing here: nothing is done, and the reply is what `begin-epoch` needs.
 * @param more further fields of the epoch to read into `epoch`
 */
export function fenceWith(more: string): string {
  return `
local epoch = redis.call('HMGET', KEYS[1], 'server', 'key', 'sequence'${more})
if epoch[1] ~= server then return {'epoch', epoch[2] or '', epoch[3] or '0', now} end
local key, sequence = epoch[2], tonumber(epoch[3])
`;
}

export const FENCE: string = fenceWith('');

/** Lua: `held_version(key, stored)`, the version of a stored ticket, '' where the epoch of this key has none. */
export const HELD_VERSION = `
local function held_version(key, stored)
  local version = stored and string.match(stored, '^%S+') or ''
  return string.sub(version, 1, #key + 1) == key .. '.' and version or ''
end
`;

const [BEFORE_KEY, BEFORE_SEQUENCE, BEFORE_ID, IN_ID, BEFORE_EVENT] = PLACE_PARTS;

/** Lua: `line_of(key, sequence, event)`, a line of the outbox. It is the event as the bus will get it. */
export const LINE_OF = `
local function line_of(key, sequence, event)
  local number = string.format('%016.0f', sequence)
  return '${BEFORE_KEY}' .. key .. '${BEFORE_SEQUENCE}' .. number
    .. '${BEFORE_ID}' .. key .. '${IN_ID}' .. number .. '${BEFORE_EVENT}' .. event
end
`;

/** Lua: `place_of(line)`, the key and the sequence of an outbox line. */
export const PLACE_OF = `
local function place_of(line)
  return string.match(line, '^${BEFORE_KEY}([^"]+)${BEFORE_SEQUENCE}(%d+)"')
end
`;
