export * from './coalesce-writes.ts';
