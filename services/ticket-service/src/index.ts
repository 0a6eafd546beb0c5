export * from './config.ts';
export * from './config-faults.ts';
export { acceptedIssuersOf, createAuthenticate } from './http/authenticate.ts';
export { rejectionErrorOf } from './http/rejection-error-of.ts';
export * from './local-config.ts';
export * from './process-variables.ts';
export * from './service.ts';
export * from './variables.ts';
