/** The services of a deployment, each a process of its own. */
export const serviceNames = ['ticket-service', 'ws-edge', 'audit-service'] as const;

/** All of them in one process. */
export const STANDALONE = 'standalone';

export type ServiceName = (typeof serviceNames)[number] | typeof STANDALONE;
