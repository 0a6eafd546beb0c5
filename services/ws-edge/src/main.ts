import { readWsEdgeVariables } from '@admit-one/config';
import { runProcess } from '@admit-one/runtime';
import { startEdgeProcess } from './app.ts';

await runProcess(async () => startEdgeProcess(readWsEdgeVariables(process.env)), process.env);
