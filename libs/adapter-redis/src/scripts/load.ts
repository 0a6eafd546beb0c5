import { FENCE, FENCED, HELD_VERSION, type Script } from './fence.ts';

/** KEYS: epoch, ticket. Replies with the time and the stored ticket, '' where the present epoch has none. */
export const LOAD: Script = {
  flags: 'no-writes',
  once: FENCED + HELD_VERSION,
  each: `
${FENCE}
local stored = redis.call('GET', KEYS[2])
return {'ok', now, held_version(key, stored) ~= '' and stored or ''}
`,
};

/** KEYS: epoch, ticket, its rejection. Replies as LOAD does, then with the rejection or ''. */
export const INSPECT: Script = {
  flags: 'no-writes',
  once: FENCED + HELD_VERSION,
  each: `
${FENCE}
local stored = redis.call('GET', KEYS[2])
if held_version(key, stored) == '' then return {'ok', now, '', ''} end
return {'ok', now, stored, redis.call('GET', KEYS[3]) or ''}
`,
};

/** KEYS: epoch. Replies with the time. */
export const TIME: Script = {
  flags: 'no-writes',
  once: FENCED,
  each: `
${FENCE}
return {'ok', now}
`,
};
