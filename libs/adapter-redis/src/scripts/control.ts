import { FENCE, FENCED, fenceWith, LINE_OF, type Script } from './fence.ts';

/** Lua, after the fence, where KEYS[2] is the record of the control entries: those of an earlier epoch may lack some. */
const NOT_LOST = `
local meta = redis.call('HMGET', KEYS[2], 'key', 'generation', 'number')
if meta[1] ~= key then return {'lost'} end
`;

/**
 * KEYS: epoch, record, entries, order. ARGV: generation and number to read after, the most entries to read.
 * Replies with the time, generation and number, then number and entry of each change.
 */
export const CONTROL_READ: Script = {
  flags: 'no-writes',
  once: FENCED,
  each: `
${FENCE}
${NOT_LOST}
local after = meta[2] == ARGV[1] and ARGV[2] or '0'
local changed = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local reply = {'ok', now, meta[2], meta[3]}
for n = 1, #changed, 2 do
  reply[#reply + 1] = changed[n + 1]
  reply[#reply + 1] = redis.call('HGET', KEYS[3], changed[n])
end
return reply
`,
};

/**
 * KEYS: epoch, record, entries, order, ends, outbox.
 * ARGV: expected generation and number, id, entry, its end in Unix ms, the outbox's bound, the most entries, the event.
 */
export const CONTROL_CHANGE: Script = {
  once: FENCED + LINE_OF,
  each: `
${FENCE}
${NOT_LOST}
if meta[2] ~= ARGV[1] or meta[3] ~= ARGV[2] then return {'version'} end
local ended = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now, 'LIMIT', 0, 100)
for _, id in ipairs(ended) do
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[4], id)
  redis.call('ZREM', KEYS[5], id)
end
if redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[7]) and redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then
  return {'full'}
end
if redis.call('LLEN', KEYS[6]) + 1 > tonumber(ARGV[6]) then return {'full'} end

local number = string.format('%.0f', tonumber(ARGV[2]) + 1)
redis.call('HSET', KEYS[2], 'number', number)
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[4], number, ARGV[3])
redis.call('ZADD', KEYS[5], ARGV[5], ARGV[3])
local last = string.format('%.0f', sequence + 1)
redis.call('RPUSH', KEYS[6], line_of(key, sequence + 1, ARGV[8]))
redis.call('HSET', KEYS[1], 'sequence', last)
return {'ok', key, last}
`,
};

/** KEYS: epoch, record, entries, order, ends. ARGV: the new generation, then id, entry and end of each. */
export const CONTROL_RESTORE: Script = {
  once: FENCED,
  each: `
${FENCE}
if redis.call('HGET', KEYS[2], 'key') == key then return {'late'} end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
local number = 0
for n = 2, #ARGV, 3 do
  number = number + 1
  redis.call('HSET', KEYS[3], ARGV[n], ARGV[n + 1])
  redis.call('ZADD', KEYS[4], number, ARGV[n])
  redis.call('ZADD', KEYS[5], ARGV[n + 2], ARGV[n])
end
redis.call('HSET', KEYS[2], 'key', key, 'generation', ARGV[1], 'number', string.format('%.0f', number))
return {'ok'}
`,
};

/**
 * Brings a partition from one version of the control entries to another.
 * KEYS: epoch, markers. ARGV: the version that it has or '', the new one, '1' if nothing is left to enforce; time and end of
 * each marker, field and value of each fence; an end or value of '' removes it.
 *
 * Until a new epoch has everything, it has no \`control\`, and appends are rejected.
 */
export const CONTROL_ENFORCE: Script = {
  once: FENCED,
  each: `
${fenceWith(", 'control', 'restoring'")}
local held = epoch[4] or epoch[5] or ''
if held ~= ARGV[1] then return {'version', held} end
local markers = #KEYS - 1
for n = 1, markers do
  local at, ends = ARGV[2 + 2 * n], ARGV[3 + 2 * n]
  if ends == '' then redis.call('DEL', KEYS[1 + n]) else redis.call('SET', KEYS[1 + n], at, 'PXAT', ends) end
end
for n = 4 + 2 * markers, #ARGV, 2 do
  local more
  if ARGV[n + 1] == '' then more = -redis.call('HDEL', KEYS[1], ARGV[n])
  else more = redis.call('HSET', KEYS[1], ARGV[n], ARGV[n + 1]) end
  if more ~= 0 then redis.call('HINCRBY', KEYS[1], 'fences', more) end
end
if epoch[4] or ARGV[3] == '1' then
  redis.call('HDEL', KEYS[1], 'restoring')
  redis.call('HSET', KEYS[1], 'control', ARGV[2])
else redis.call('HSET', KEYS[1], 'restoring', ARGV[2]) end
return {'ok'}
`,
};
