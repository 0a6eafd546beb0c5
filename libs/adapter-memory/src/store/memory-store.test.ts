import { ticketStoreContract } from '@admit-one/port-contracts';
import { createMemoryStore } from './memory-store.ts';

ticketStoreContract('memory', {
  open: async (bounds) => createMemoryStore({ source: 'contract', ...bounds }),
  openAfterLoss: async () => createMemoryStore({ source: 'contract' }),
});
