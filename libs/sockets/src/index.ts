export * from './coalesce-writes.ts';
export * from './gather.ts';
