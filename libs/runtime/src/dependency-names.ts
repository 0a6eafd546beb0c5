/** What a process may depend on: an engine, or the keys of the issuers. */
export const dependencyNames = ['redis', 'nats', 'postgres', 'issuer_keys'] as const;

export type DependencyName = (typeof dependencyNames)[number];
