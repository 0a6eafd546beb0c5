export { type AuditLogContractOptions, auditLogContract } from './audit-log-contract.ts';
export type { Skips } from './contract.ts';
