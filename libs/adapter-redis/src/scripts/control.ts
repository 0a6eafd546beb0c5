import { FENCE, FENCED, fenceWith, LINE_OF, type Script } from './fence.ts';

/** Lua, after the fence, where KEYS[2] is the record of the control entries: those of an earlier epoch may lack some. */
const NOT_LOST = `
local meta = redis.call('HMGET', KEYS[2], 'key', 'generation', 'number', 'unlisted')
if meta[1] ~= key then return {'lost'} end
`;

/** Lua: `unlist(id, at)`, takes a log-out of this time from the list. Its marker and entry stay until they end. */
const UNLIST = `
local function unlist(record, order, logouts, id, at)
  redis.call('ZREM', order, id)
  redis.call('ZREM', logouts, id)
  local before = tonumber(redis.call('HGET', record, 'unlisted') or 0)
  if tonumber(at) > before then redis.call('HSET', record, 'unlisted', at) end
end
`;

/**
 * KEYS: epoch, record, entries, order. ARGV: generation and number to read after, the most entries to read.
 * Replies with the time, generation, number and the time of the last log-out that has left the list, then number and entry of
 * each change.
 */
export const CONTROL_READ: Script = {
  flags: 'no-writes',
  once: FENCED,
  each: `
${FENCE}
${NOT_LOST}
local after = meta[2] == ARGV[1] and ARGV[2] or '0'
local changed = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local reply = {'ok', now, meta[2], meta[3], meta[4] or '0'}
for n = 1, #changed, 2 do
  reply[#reply + 1] = changed[n + 1]
  reply[#reply + 1] = redis.call('HGET', KEYS[3], changed[n])
end
return reply
`,
};

/**
 * Reads all entries, in the list or not. KEYS: epoch, record, entries. ARGV: the cursor, about how many to read.
 * Replies with the next cursor, which is '0' at the end, then id and entry of each.
 */
export const CONTROL_SCAN: Script = {
  flags: 'no-writes',
  once: FENCED,
  each: `
${FENCE}
${NOT_LOST}
local page = redis.call('HSCAN', KEYS[3], ARGV[1], 'COUNT', ARGV[2])
return {'ok', page[1], unpack(page[2])}
`,
};

/**
 * KEYS: epoch, record, entries, order, ends, log-outs, outbox.
 * ARGV: expected generation and number, id, entry, its end in Unix ms, the outbox's bound, the most entries in the list, '1'
 * where log-outs leave it for this one, the time of a log-out or '', the most log-outs, how long they are in the list, the event.
 */
export const CONTROL_CHANGE: Script = {
  once: FENCED + LINE_OF + UNLIST,
  each: `
${FENCE}
${NOT_LOST}
if meta[2] ~= ARGV[1] or meta[3] ~= ARGV[2] then return {'version'} end
local ended = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now, 'LIMIT', 0, 100)
for _, id in ipairs(ended) do
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[4], id)
  redis.call('ZREM', KEYS[5], id)
  redis.call('ZREM', KEYS[6], id)
end
local old = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now - ARGV[11], 'WITHSCORES', 'LIMIT', 0, 100)
for n = 1, #old, 2 do unlist(KEYS[2], KEYS[4], KEYS[6], old[n], old[n + 1]) end
if redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[7]) and not redis.call('ZSCORE', KEYS[4], ARGV[3]) then
  local first = ARGV[8] == '1' and redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1) or {}
  if #first == 0 then return {'full'} end
  unlist(KEYS[2], KEYS[4], KEYS[6], first[1], first[2])
end
if ARGV[9] ~= '' and redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[10]) and redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then
  return {'full'}
end
if redis.call('LLEN', KEYS[7]) + 1 > tonumber(ARGV[6]) then return {'full'} end

local number = string.format('%.0f', tonumber(ARGV[2]) + 1)
redis.call('HSET', KEYS[2], 'number', number)
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[4], number, ARGV[3])
redis.call('ZADD', KEYS[5], ARGV[5], ARGV[3])
if ARGV[9] == '' then redis.call('ZREM', KEYS[6], ARGV[3]) else redis.call('ZADD', KEYS[6], ARGV[9], ARGV[3]) end
local last = string.format('%.0f', sequence + 1)
redis.call('RPUSH', KEYS[7], line_of(key, sequence + 1, ARGV[12]))
redis.call('HSET', KEYS[1], 'sequence', last)
return {'ok', key, last}
`,
};

/**
 * KEYS: epoch, record, entries, order, ends, log-outs. ARGV: the new generation, '1' where these are its first entries, '1'
 * where they are its last, the most entries in the list, how long log-outs are in it, then id, entry, end and the time of a
 * log-out, or '', of each. Until the last ones are there, the entries count as lost.
 */
export const CONTROL_RESTORE: Script = {
  once: FENCED + UNLIST,
  each: `
${FENCE}
if redis.call('HGET', KEYS[2], 'key') == key then return {'late'} end
if ARGV[2] == '1' then
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
  redis.call('HSET', KEYS[2], 'generation', ARGV[1], 'number', '0')
elseif redis.call('HGET', KEYS[2], 'generation') ~= ARGV[1] then return {'late'} end
local number = tonumber(redis.call('HGET', KEYS[2], 'number'))
for n = 6, #ARGV, 4 do
  number = number + 1
  redis.call('HSET', KEYS[3], ARGV[n], ARGV[n + 1])
  redis.call('ZADD', KEYS[4], number, ARGV[n])
  redis.call('ZADD', KEYS[5], ARGV[n + 2], ARGV[n])
  if ARGV[n + 3] ~= '' then redis.call('ZADD', KEYS[6], ARGV[n + 3], ARGV[n]) end
end
local old = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now - ARGV[5], 'WITHSCORES')
local more = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[4])
if more > #old / 2 then
  old = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, more)
end
for n = 1, #old, 2 do unlist(KEYS[2], KEYS[4], KEYS[6], old[n], old[n + 1]) end
redis.call('HSET', KEYS[2], 'number', string.format('%.0f', number))
if ARGV[3] == '1' then redis.call('HSET', KEYS[2], 'key', key) end
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
