export { type NatsUserName, natsPasswordVariable, natsUsers } from '@admit-one/adapter-nats';
export { type RedisUserName, redisAcl, redisUsers } from '@admit-one/adapter-redis';
export { explainToken, type TokenExplanation } from './explain-token.ts';
export { type Inspection, inspectionsOf, runInspection } from './inspections.ts';
export { type EventStreamMaintenance, maintainEventStream } from './maintain-event-stream.ts';
export { type RebuildAuditLogOptions, type RebuildReport, rebuildAuditLog } from './rebuild-audit-log.ts';
export { type GroupedDiagnostic, grouped } from './report.ts';
export { type ServiceName, STANDALONE, serviceNames, type ValidVariables } from './services.ts';
export { readSettings, type Settings } from './settings.ts';
