import { dataDirectory } from '@admit-one/testkit';
import { runProgram } from '../stack/program.ts';

/** Standalone as `npm start` runs it. */
export interface DemoServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startDemoServer(): Promise<DemoServer> {
  const directory = await dataDirectory();
  const program = runProgram('services/standalone/dist/main.js', [], {
    PORT: '0',
    METRICS_PORT: '0',
    DATA_DIR: directory.path,
    // Short enough to see tickets expire.
    TICKET_TTL_SECONDS: '8',
  });
  const [, url = ''] = await program.printed(/Open the demo in a browser.*\n\s+(http:\/\/\S+)/);
  return {
    url,
    async stop() {
      program.process.kill('SIGTERM');
      await program.ended;
      await directory.remove();
    },
  };
}
