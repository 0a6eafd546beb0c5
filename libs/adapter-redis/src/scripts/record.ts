import { FENCE, NUMBERED_LINE } from './fence.ts';

/**
 * KEYS: epoch, outbox, the memory of each event. ARGV: the outbox's bound, how long to remember in ms, the events.
 * Events that are remembered are left out.
 */
export const RECORD = `#!lua
${FENCE}
${NUMBERED_LINE}
local fresh, lines = {}, {}
for n = 3, #KEYS do
  if redis.call('EXISTS', KEYS[n]) == 0 then
    fresh[#fresh + 1] = KEYS[n]
    lines[#lines + 1] = numbered_line(ARGV[n])
  end
end
if #fresh == 0 then return {'known'} end
if redis.call('LLEN', KEYS[2]) + #lines > tonumber(ARGV[1]) then return {'full'} end

for _, memory in ipairs(fresh) do redis.call('SET', memory, '', 'PX', ARGV[2]) end
redis.call('RPUSH', KEYS[2], unpack(lines))
redis.call('HSET', KEYS[1], 'sequence', string.format('%.0f', sequence))
return {'ok'}
`;
