export * from './command-error.ts';
export * from './program.ts';
export * from './terminal.ts';
