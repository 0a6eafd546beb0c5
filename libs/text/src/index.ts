export * from './canonical-address.ts';
export * from './canonical-origin.ts';
export * from './canonical-prefix.ts';
export * from './client-network.ts';
export * from './credentials.ts';
export * from './escape-invisible.ts';
export * from './escape-units.ts';
export * from './visible-text.ts';
