export { type AlertRule, logAlertRules } from './alerts/rules.ts';
export * from './live/event-streams.ts';
export * from './live/live-tail.ts';
export * from './service.ts';
