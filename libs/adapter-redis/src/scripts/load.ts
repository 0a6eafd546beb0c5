import { FENCE, HELD_VERSION, NOW } from './fence.ts';

/** KEYS: epoch, ticket. Replies with the time and the stored ticket, '' where the present epoch has none. */
export const LOAD = `#!lua flags=no-writes
${FENCE}
${HELD_VERSION}
${NOW}
local stored = redis.call('GET', KEYS[2])
return {'ok', now, held_version(stored) ~= '' and stored or ''}
`;

/** KEYS: epoch. Replies with the time. */
export const TELL_TIME = `#!lua flags=no-writes
${FENCE}
${NOW}
return {'ok', now}
`;
