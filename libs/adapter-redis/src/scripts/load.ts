import { FENCE, HELD_VERSION, NOW } from './fence.ts';

/** KEYS: epoch, ticket. Replies with the time and the stored ticket, '' where the present epoch has none. */
export const LOAD = `#!lua flags=no-writes
${FENCE}
${HELD_VERSION}
${NOW}
local stored = redis.call('GET', KEYS[2])
return {'ok', now, held_version(stored) ~= '' and stored or ''}
`;

/** KEYS: epoch, ticket, its rejection. Replies as LOAD does, then with the rejection or ''. */
export const INSPECT = `#!lua flags=no-writes
${FENCE}
${HELD_VERSION}
${NOW}
local stored = redis.call('GET', KEYS[2])
if held_version(stored) == '' then return {'ok', now, '', ''} end
return {'ok', now, stored, redis.call('GET', KEYS[3]) or ''}
`;

/** KEYS: epoch. Replies with the time. */
export const TIME = `#!lua flags=no-writes
${FENCE}
${NOW}
return {'ok', now}
`;
