export * from './live/event-streams.ts';
export * from './live/live-tail.ts';
export * from './service.ts';
