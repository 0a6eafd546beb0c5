export { parseRedisUrl, type RedisAddress, type RedisTarget } from './client/redis-url.ts';
export { openRedisStore, type RedisStore, type RedisStoreOptions } from './open-redis-store.ts';
