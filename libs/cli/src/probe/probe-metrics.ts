import type { Attempt } from './attempt.ts';
export async function serveProbeMetrics(_: {
  port: number;
  host: string;
}): Promise<{ url: string; record(found: Attempt): void; stop(): Promise<void> }> {
  throw new Error('TODO');
}
