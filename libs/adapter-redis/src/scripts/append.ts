import { FENCED, fenceWith, HELD_VERSION, LINE_OF, type Script } from './fence.ts';

/**
 * KEYS: epoch, outbox, ticket, a marker per guard.
 * ARGV: expected version or '', state, expiry in Unix ms, the outbox's bound, '1' if control entries must be enforced here,
 * the number of fences, the field of each, `notSince` per fence, `notSince` per guard, the events.
 *
 * The epoch's `fences` says how many fences it has, so that none are looked up as long as there are none.
 *
 * Lua does not roll back. So everything is checked first; of the writes, only SET can fail, and it comes first.
 */
export const APPEND: Script = {
  once: FENCED + HELD_VERSION + LINE_OF,
  each: `
${fenceWith(", 'control', 'fences'")}
if ARGV[5] == '1' and not epoch[4] then return {'control'} end
local found = redis.call('MGET', unpack(KEYS, 3))
if held_version(key, found[1]) ~= ARGV[1] then return {'version'} end
local fences = tonumber(ARGV[6])
local held = fences > 0 and tonumber(epoch[5] or 0) > 0 and redis.call('HMGET', KEYS[1], unpack(ARGV, 7, 6 + fences)) or {}
for fence = 1, #held do
  if held[fence] then
    local at, ends = string.match(held[fence], '^(%S+) (%S+)$')
    if tonumber(at) >= tonumber(ARGV[6 + fences + fence]) and tonumber(ends) > tonumber(now) then
      return {'fenced', tostring(fence)}
    end
  end
end
local guards = #KEYS - 3
for guard = 1, guards do
  local at = found[1 + guard]
  if at and tonumber(at) >= tonumber(ARGV[6 + 2 * fences + guard]) then return {'revoked', tostring(guard)} end
end
local lines = {}
for n = 7 + 2 * fences + guards, #ARGV do
  sequence = sequence + 1
  lines[#lines + 1] = line_of(key, sequence, ARGV[n])
end
if redis.call('LLEN', KEYS[2]) + #lines > tonumber(ARGV[4]) then return {'full'} end

local last = string.format('%.0f', sequence)
local version = key .. '.' .. last
redis.call('SET', KEYS[3], version .. ' ' .. ARGV[2], 'PXAT', ARGV[3])
redis.call('RPUSH', KEYS[2], unpack(lines))
redis.call('HSET', KEYS[1], 'sequence', last)
return {'ok', version, now}
`,
};
