import { LINE_OF, type Script, SERVER } from './fence.ts';

/**
 * KEYS: epoch, outbox. ARGV: the former key and last sequence as the fence returned them, the new key, the first event.
 *
 * The first of those who found another server's epoch replaces it; to the others it does nothing. Works without
 * memory to spare: it is what draining the outbox may depend on. The new epoch enforces no control entries yet.
 */
export const BEGIN_EPOCH: Script = {
  flags: 'allow-oom',
  once: SERVER + LINE_OF,
  each: `
local epoch = redis.call('HMGET', KEYS[1], 'server', 'key', 'sequence')
if epoch[1] == server or (epoch[2] or '') ~= ARGV[1] or (epoch[3] or '0') ~= ARGV[2] then return {'late'} end

redis.call('RPUSH', KEYS[2], line_of(ARGV[3], 1, ARGV[4]))
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'server', server, 'key', ARGV[3], 'sequence', '1')
return {'ok'}
`,
};
