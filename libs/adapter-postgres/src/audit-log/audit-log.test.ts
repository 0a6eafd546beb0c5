import { auditLogContract } from '@admit-one/port-contracts';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnBothEngines } from '../sql/engines.fixture.ts';

describeOnBothEngines((engine, openEmpty) => {
  auditLogContract(engine, { open: async () => openAuditLog(await openEmpty()) });
});
