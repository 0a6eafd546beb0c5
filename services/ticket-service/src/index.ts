export { acceptedIssuersOf, createAuthenticate } from './authenticate.ts';
export * from './config.ts';
export * from './config-faults.ts';
export * from './local-config.ts';
export * from './process-variables.ts';
export { refusalOf } from './refusal-of.ts';
export * from './service.ts';
export * from './variables.ts';
export * from './verify/internal-port.ts';
