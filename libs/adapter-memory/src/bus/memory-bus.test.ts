import { eventStreamContract, messagesContract, requestReplyContract } from '@admit-one/port-contracts';
import { createMemoryBus } from './memory-bus.ts';

const onFault = () => {};

eventStreamContract('memory', {
  open: async (options) => createMemoryBus({ onFault, ...(options && { maxStreamBytes: options.maxBytes }) }),
});
requestReplyContract('memory', { open: async () => createMemoryBus({ onFault }) });
messagesContract('memory', { open: async () => createMemoryBus({ onFault }) });
