import { FENCE, FENCED, PLACE_OF, type Script } from './fence.ts';

/**
 * KEYS: epoch, lease. ARGV: owner, its length in ms. Replies with the partition key and its last sequence too.
 *
 * Fenced, so that an idle partition announces its loss too: relays extend their leases all the time. These scripts run
 * without memory to spare: draining frees some.
 */
export const LEASE: Script = {
  flags: 'allow-oom',
  once: FENCED,
  each: `
${FENCE}
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return {'held', key, epoch[3]} end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {'ok', key, epoch[3]}
`,
};

/** KEYS: outbox. Replies with the number of events. */
export const LEVEL: Script = {
  flags: 'no-writes',
  once: '',
  each: `return {'ok', tostring(redis.call('LLEN', KEYS[1]))}`,
};

/** KEYS: lease. ARGV: owner. */
export const UNLEASE: Script = {
  flags: 'allow-oom',
  once: '',
  each: `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return {'ok'}
`,
};

/**
 * KEYS: outbox. ARGV: the event's partition key and sequence. Removes the head up to and including that event; `absent`
 * where it is not in the outbox.
 * Numbers are contiguous per key, so the first line of its key gives the position of the event; lines of earlier epochs, which
 * may be ahead of it, are passed one by one.
 */
export const REMOVE: Script = {
  flags: 'allow-oom',
  once: PLACE_OF,
  each: `
local function numbering(index)
  local line = redis.call('LINDEX', KEYS[1], index)
  if line then return place_of(line) end
end
local first = 0
local key, sequence = numbering(first)
while key and key ~= ARGV[1] do
  first = first + 1
  key, sequence = numbering(first)
end
if not key then return {'absent'} end
local index = first + tonumber(ARGV[2]) - tonumber(sequence)
key, sequence = numbering(index)
if key ~= ARGV[1] or tonumber(sequence) ~= tonumber(ARGV[2]) then return {'absent'} end
redis.call('LTRIM', KEYS[1], index + 1, -1)
return {'ok'}
`,
};
