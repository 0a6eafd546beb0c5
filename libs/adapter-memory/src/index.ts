export { createMemoryBus, type MemoryBusOptions } from './create-memory-bus.ts';
export { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from './create-memory-store.ts';
