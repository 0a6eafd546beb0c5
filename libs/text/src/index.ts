export * from './escape-units.ts';
