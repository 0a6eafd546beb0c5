export { type AuditLogContractOptions, auditLogContract } from './audit-log-contract.ts';
export type { Skips } from './contract.ts';
export { type EventStreamContractOptions, eventStreamContract } from './event-stream-contract.ts';
export { type MessagesContractOptions, messagesContract } from './messages-contract.ts';
export { type RequestReplyContractOptions, requestReplyContract } from './request-reply-contract.ts';
export {
  admissionTypes,
  appendEvents,
  cloudEvent,
  decode,
  encoded,
  filterOf,
  newEvent,
  type Sample,
  withoutPosition,
} from './sample-events.ts';
export { ABSENT, type SeededEventsOptions, seededEvents } from './seeded-events.ts';
export { addEntry, entryAbout, revokeSubject } from './ticket-store/revoke-subject.ts';
export { type TicketStoreContractOptions, ticketStoreContract } from './ticket-store-contract.ts';
