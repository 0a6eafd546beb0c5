export * from './admission.ts';
export * from './capped-context.ts';
export * from './gate.ts';
export * from './keep-time.ts';
export * from './offered-protocols.ts';
export * from './protocol.ts';
export * from './ticket-carriers.ts';
