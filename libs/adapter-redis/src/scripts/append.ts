import { FENCED, fenceWith, HELD_VERSION, LINE_OF, type Script } from './fence.ts';

/** Lua: `rejection_of(epoch, looked_for, found)`: whether a fence or a marker rejects the append, and its number. */
const REJECTED_BY = `
local function rejection_of(epoch, looked_for, found)
  local fences, guards = looked_for[1], looked_for[2]
  local fields = {}
  for n = 1, #fences do fields[n] = fences[n][1] end
  local held = #fields > 0 and redis.call('HMGET', epoch, unpack(fields)) or {}
  for fence = 1, #held do
    if held[fence] then
      local at, ends = string.match(held[fence], '^(%S+) (%S+)$')
      if tonumber(at) >= fences[fence][2] and tonumber(ends) > tonumber(now) then return 'fenced', fence end
    end
  end
  for guard = 1, #guards do
    local at = found[1 + guard]
    if at and tonumber(at) >= guards[guard] then return 'revoked', guard end
  end
end
`;

/**
 * KEYS: epoch, outbox, ticket, a marker per guard.
 * ARGV: expected version or '', state, expiry in Unix ms, the outbox's bound, '1' if control entries must be enforced here,
 * the fences and guards as JSON: field and `notSince` of each fence, then `notSince` of each guard; the events.
 *
 * The epoch's `fences` says how many fences it has. As long as there are none, and no marker of a guard, the JSON is not read.
 *
 * Lua does not roll back. So everything is checked first; of the writes, only SET can fail, and it comes first.
 */
export const APPEND: Script = {
  once: FENCED + HELD_VERSION + LINE_OF + REJECTED_BY,
  each: `
${fenceWith(", 'control', 'fences'")}
if ARGV[5] == '1' and not epoch[4] then return {'control'} end
local found = redis.call('MGET', unpack(KEYS, 3))
if held_version(key, found[1]) ~= ARGV[1] then return {'version'} end
local may_reject = tonumber(epoch[5] or 0) > 0
for guard = 1, #KEYS - 3 do may_reject = may_reject or found[1 + guard] end
if may_reject then
  local outcome, which = rejection_of(KEYS[1], cjson.decode(ARGV[6]), found)
  if outcome then return {outcome, tostring(which)} end
end
local lines = {}
for n = 7, #ARGV do
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
