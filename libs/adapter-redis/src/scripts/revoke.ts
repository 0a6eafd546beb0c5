/** KEYS: the revocation. ARGV: when it was made in Unix seconds, its expiry in Unix ms. The later of each is kept. */
export const REVOKE = `#!lua
local at, ends = ARGV[1], ARGV[2]
local held = redis.call('GET', KEYS[1])
if held then
  if tonumber(held) > tonumber(at) then at = held end
  local held_ends = redis.call('PEXPIRETIME', KEYS[1])
  if held_ends > tonumber(ends) then ends = string.format('%.0f', held_ends) end
end
redis.call('SET', KEYS[1], at, 'PXAT', ends)
return {'ok'}
`;
