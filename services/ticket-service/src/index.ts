export { createAuthenticate } from './authenticate.ts';
export { refusalOf } from './refusal-of.ts';
export * from './service.ts';
export * from './verify/internal-port.ts';
