export * from './capped-context.ts';
export * from './clock-sync.ts';
export * from './open-ticket-client.ts';
export * from './outcome.ts';
export * from './protocol.ts';
export { sendWithRetries } from './send-with-retries.ts';
export * from './ticket-client.ts';
