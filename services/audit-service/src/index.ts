export { type AlertRule, logAlertRules } from './alerts/rules.ts';
export { builtInConsole, type ConsoleFiles } from './console/console-files.ts';
export { CONSOLE } from './console/console-routes.ts';
export * from './live/event-streams.ts';
export * from './live/live-tail.ts';
export * from './service.ts';
