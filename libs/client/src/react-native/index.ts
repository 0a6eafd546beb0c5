import './define-missing-classes.ts';

export * from '../index.ts';
