export { rejectionOf as refusalOf } from './api/rejection-of.ts';
export { type AuditConfig, auditConfigOf } from './config.ts';
export { auditIssues as auditFaults } from './config-faults.ts';
export { withLocalOperators } from './local-config.ts';
export {
  createIdentifyToken,
  operatorIssuersOf,
  requireScope,
} from './operators/identify-token.ts';
export {
  type AuditProcessVariables,
  auditProcessVariables,
  readAuditProcessVariables,
} from './process-variables.ts';
export { type AuditService, type AuditServiceDependencies, startAuditService } from './service.ts';
export { type AuditVariables, auditVariables } from './variables.ts';
