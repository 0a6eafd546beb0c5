export type { NatsConnectionSettings, NatsTlsFiles } from './connection/settings.ts';
export type { ServiceIdentity } from './discovery.ts';
export { maintainStream, type StreamMaintenance } from './events/maintain-stream.ts';
export type { StreamSettings } from './events/stream-config.ts';
export { inspectNats, type NatsInspection } from './inspect/inspect-nats.ts';
export type { BusService } from './inspect/permissions.ts';
export { type NatsBusOptions, openNatsBus } from './open-nats-bus.ts';
export { type NatsRequests, type NatsRequestsOptions, openNatsRequests } from './open-nats-requests.ts';
export { type NatsUserName, natsPasswordVariable, natsUsers } from './users.ts';
