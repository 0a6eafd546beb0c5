import { readTicketServiceVariables } from '@admit-one/config';
import { runProcess } from '@admit-one/runtime';
import { startTicketProcess } from './app.ts';

await runProcess(async () => startTicketProcess(readTicketServiceVariables(process.env)), process.env);
