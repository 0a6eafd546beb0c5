export { parseRedisUrl, type RedisAddress, type RedisTarget } from './client/redis-url.ts';
export { inspectRedis, type RedisInspectionOptions } from './inspect/inspect-redis.ts';
export { openRedisStore, type RedisStore, type RedisStoreOptions } from './open-redis-store.ts';
export { type RedisUserName, redisAcl, redisUsers } from './users.ts';
