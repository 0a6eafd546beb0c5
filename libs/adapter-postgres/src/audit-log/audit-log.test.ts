import { auditLogContract } from '@admit-one/port-contracts';
import { describeOnBothEngines } from '../sql/engines.fixture.ts';
import { openAuditLog } from '../open-audit-log.ts';

describeOnBothEngines((engine, openEmpty) => {
  auditLogContract(engine, { open: async () => openAuditLog(await openEmpty()) });
});
