import { runProcess } from '@admit-one/runtime';
import { startAuditProcess } from './app.ts';
import { readAuditProcessVariables } from './process-variables.ts';

await runProcess(async () => startAuditProcess(readAuditProcessVariables(process.env)));
