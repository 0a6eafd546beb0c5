import { FENCE, FENCED, HELD_VERSION, LINE_OF, type Script } from './fence.ts';

/**
 * KEYS: epoch, outbox, ticket, its rejection, the record.
 * ARGV: the outbox's bound, how long to keep the record's key in ms, the reason of the rejection or '', the event.
 *
 * A record whose key is still kept is skipped; the reply is then `known`, without a place. A rejection is kept as long as
 * its ticket, and only if the ticket exists.
 */
export const RECORD: Script = {
  once: FENCED + HELD_VERSION + LINE_OF,
  each: `
${FENCE}
if redis.call('EXISTS', KEYS[5]) == 1 then return {'known'} end
if redis.call('LLEN', KEYS[2]) + 1 > tonumber(ARGV[1]) then return {'full'} end

if ARGV[3] ~= '' and held_version(key, redis.call('GET', KEYS[3])) ~= '' then
  redis.call('SET', KEYS[4], ARGV[3], 'PXAT', redis.call('PEXPIRETIME', KEYS[3]))
end
redis.call('SET', KEYS[5], '', 'PX', ARGV[2])
redis.call('RPUSH', KEYS[2], line_of(key, sequence + 1, ARGV[4]))
local last = string.format('%.0f', sequence + 1)
redis.call('HSET', KEYS[1], 'sequence', last)
return {'ok', key, last}
`,
};
