export * from './config.ts';
export * from './config-faults.ts';
export * from './process-variables.ts';
export * from './service.ts';
export * from './variables.ts';
export * from './verify/internal-port.ts';
