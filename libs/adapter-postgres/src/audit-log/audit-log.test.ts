import { auditLogContract } from '@admit-one/port-contracts';
import { openPglite } from '../sql/pglite.ts';
import { openAuditLog } from './audit-log.ts';

auditLogContract('PostgreSQL on PGlite', {
  open: async () => openAuditLog(await openPglite({ memory: true })),
});
