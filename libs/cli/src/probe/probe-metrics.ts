import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createTelemetry, StartError } from '@admit-one/runtime/telemetry';
import { CommandError, exitCodes } from '../command-error.ts';
import type { Attempt } from './attempt.ts';

export interface ProbeMetrics {
  readonly url: string;
  record(found: Attempt): void;
  stop(): Promise<void>;
}

/** Serves the metrics of a probe at `/metrics`. @throws {CommandError} where it cannot listen there */
export async function serveProbeMetrics(at: {
  readonly port: number;
  readonly host: string;
}): Promise<ProbeMetrics> {
  const telemetry = createTelemetry({ service: 'admit-probe', instance: randomUUID() });
  const attempts = telemetry.meter.counter('admit_probe_attempts_total');
  const durations = telemetry.meter.histogram('admit_probe_stage_duration_seconds');
  const lastSuccess = telemetry.meter.gauge('admit_probe_last_success_timestamp_seconds');
  lastSuccess.record(0);
  const server = await telemetry.serveMetrics(at.port, at.host).catch(async (error: unknown) => {
    await telemetry.close();
    if (!(error instanceof StartError)) throw error;
    throw new CommandError(error.message.replace('METRICS_PORT', '--metrics-port'), exitCodes.usage, {
      cause: error,
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}/metrics`,
    record({ durationsMs, failure }) {
      attempts.add(1, { outcome: failure?.stage ?? 'success' });
      for (const [stage, ms] of durationsMs) durations.record(ms / 1_000, { stage });
      if (!failure) lastSuccess.record(Date.now() / 1_000);
    },
    stop: telemetry.close,
  };
}
