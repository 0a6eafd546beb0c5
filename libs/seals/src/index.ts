export * from './inclusion.ts';
export * from './merkle-tree.ts';
export * from './seal.ts';
export * from './sign.ts';
export * from './verify-case.ts';
export * from './verify-export.ts';
