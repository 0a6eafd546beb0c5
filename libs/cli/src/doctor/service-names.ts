/** The services that run as processes of their own. */
export const serviceNames = ['ticket-service', 'ws-edge', 'audit-service'] as const;

export type ServiceName = (typeof serviceNames)[number];
