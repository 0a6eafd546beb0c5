import { FENCE, HELD_VERSION, NOW, NUMBERED_LINE } from './fence.ts';

/**
 * KEYS: epoch, outbox, ticket, a revocation per guard.
 * ARGV: expected version or '', state, expiry in Unix ms, the outbox's bound, `notSince` per guard, the events.
 *
 * Lua does not roll back. So everything is checked first; of the writes, only SET can fail, and it comes first.
 */
export const APPEND = `#!lua
${FENCE}
${HELD_VERSION}
${NUMBERED_LINE}
if held_version(redis.call('GET', KEYS[3])) ~= ARGV[1] then return {'version'} end
local guards = #KEYS - 3
for guard = 1, guards do
  local at = redis.call('GET', KEYS[3 + guard])
  if at and tonumber(at) >= tonumber(ARGV[4 + guard]) then return {'revoked', tostring(guard)} end
end
local lines = {}
for n = 5 + guards, #ARGV do lines[#lines + 1] = numbered_line(ARGV[n]) end
if redis.call('LLEN', KEYS[2]) + #lines > tonumber(ARGV[4]) then return {'full'} end

${NOW}
local last = string.format('%.0f', sequence)
local version = key .. '.' .. last
redis.call('SET', KEYS[3], version .. ' ' .. ARGV[2], 'PXAT', ARGV[3])
redis.call('RPUSH', KEYS[2], unpack(lines))
redis.call('HSET', KEYS[1], 'sequence', last)
return {'ok', version, now}
`;
