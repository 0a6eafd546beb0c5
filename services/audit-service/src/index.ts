export { type AuditService, type AuditServiceDependencies, startAuditService } from './service.ts';
