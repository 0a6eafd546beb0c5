export { createMemoryBus, type MemoryBusOptions } from './bus/memory-bus.ts';
export { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from './store/memory-store.ts';
