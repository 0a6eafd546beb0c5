export * from './escape-units.ts';
export * from './visible-text.ts';
