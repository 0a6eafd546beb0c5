import { runProcess } from '@admit-one/runtime';
import { startEdgeProcess } from './app.ts';
import { readEdgeProcessVariables } from './config/process-variables.ts';

await runProcess(async () => startEdgeProcess(readEdgeProcessVariables(process.env)));
