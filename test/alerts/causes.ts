import { auditLogCauses } from './causes/audit-log-causes.ts';
import type { Cause } from './causes/cause.ts';
import { clientCauses, crowdCauses } from './causes/client-causes.ts';
import { outageCauses } from './causes/outage-causes.ts';

export { type Cause, letMinutesPass, type Scene } from './causes/cause.ts';

/** In an order in which no cause leaves behind what another needs not to be there. */
export const causes: readonly Cause[] = [...auditLogCauses, ...clientCauses, ...outageCauses, ...crowdCauses];
