export type { NatsConnectionSettings, NatsTlsFiles } from './connection/settings.ts';
export type { ServiceIdentity } from './discovery.ts';
export type { StreamSettings } from './events/stream-config.ts';
export { type NatsBus, type NatsBusOptions, openNatsBus } from './nats-bus.ts';
