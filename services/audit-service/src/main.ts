import { readAuditServiceVariables } from '@admit-one/config';
import { runProcess } from '@admit-one/runtime';
import { startAuditProcess } from './app.ts';

await runProcess(async () => startAuditProcess(readAuditServiceVariables(process.env)), process.env);
