import { FENCE, PLACE_OF } from './fence.ts';

/**
 * KEYS: epoch, lease. ARGV: owner, its length in ms. Replies with the partition key and its last sequence too. Fenced, so that an idle partition announces its loss
 * too: relays extend their leases all the time. These scripts run without memory to spare: draining frees some.
 */
export const LEASE = `#!lua flags=allow-oom
${FENCE}
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return {'held', key, epoch[3]} end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {'ok', key, epoch[3]}
`;

/** KEYS: lease. ARGV: owner. */
export const UNLEASE = `#!lua flags=allow-oom
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return {'ok'}
`;

/**
 * KEYS: outbox. ARGV: the event's partition key and sequence. Removes the head up to and including that event.
 * Numbers are contiguous per key, so the first line of its key gives the position of the event; lines of earlier epochs, which
 * may be ahead of it, are passed one by one.
 */
export const REMOVE = `#!lua flags=allow-oom
${PLACE_OF}
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
if not key then return {'ok'} end
local index = first + tonumber(ARGV[2]) - tonumber(sequence)
key, sequence = numbering(index)
if key == ARGV[1] and tonumber(sequence) == tonumber(ARGV[2]) then redis.call('LTRIM', KEYS[1], index + 1, -1) end
return {'ok'}
`;
