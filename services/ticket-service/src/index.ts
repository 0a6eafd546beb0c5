export { createAuthenticate } from './http/authenticate.ts';
export { rejectionErrorOf } from './http/rejection-error-of.ts';
export * from './service.ts';
export { verifyPortOf } from './verify/verify-port.ts';
