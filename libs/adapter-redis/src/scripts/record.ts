import { FENCE, HELD_VERSION, NUMBERED_LINE } from './fence.ts';

/**
 * KEYS: epoch, outbox, ticket, its rejection, the id of each event.
 * ARGV: the outbox's bound, how long to keep their ids in ms, the reason of the rejection or '', the events.
 *
 * Replies with the place of the last event. Events whose ids are still kept are skipped. A rejection is kept as long as its ticket, and only if the ticket exists.
 */
export const RECORD = `#!lua
${FENCE}
${HELD_VERSION}
${NUMBERED_LINE}
local fresh, lines = {}, {}
for n = 5, #KEYS do
  if redis.call('EXISTS', KEYS[n]) == 0 then
    fresh[#fresh + 1] = KEYS[n]
    lines[#lines + 1] = numbered_line(ARGV[n - 1])
  end
end
if #fresh == 0 then return {'known'} end
if redis.call('LLEN', KEYS[2]) + #lines > tonumber(ARGV[1]) then return {'full'} end

if ARGV[3] ~= '' and held_version(redis.call('GET', KEYS[3])) ~= '' then
  redis.call('SET', KEYS[4], ARGV[3], 'PXAT', redis.call('PEXPIRETIME', KEYS[3]))
end
for _, memory in ipairs(fresh) do redis.call('SET', memory, '', 'PX', ARGV[2]) end
redis.call('RPUSH', KEYS[2], unpack(lines))
redis.call('HSET', KEYS[1], 'sequence', string.format('%.0f', sequence))
return {'ok', key, string.format('%.0f', sequence)}
`;
