import { runProcess } from '@admit-one/runtime';
import { startTicketProcess } from './app.ts';
import { readTicketProcessVariables } from './process-variables.ts';

await runProcess(async () => startTicketProcess(readTicketProcessVariables(process.env)));
