export { type AuditService, type AuditServiceDependencies, startAuditService } from './audit-service.ts';
export { type AuditConfig, auditConfig } from './config.ts';
export { auditFaults, missingOperatorFaults } from './config-faults.ts';
export { type AuditVariables, auditVariables } from './variables.ts';
