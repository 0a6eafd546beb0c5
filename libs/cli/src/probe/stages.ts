import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';

/** The steps of a probe, in order. */
export type ProbeStage = 'token' | 'ticket' | 'upgrade' | 'echo' | 'close';

const exitCodeOf: Readonly<Record<ProbeStage, ExitCode>> = {
  token: exitCodes.probeToken,
  ticket: exitCodes.probeTicket,
  upgrade: exitCodes.probeUpgrade,
  echo: exitCodes.probeEcho,
  close: exitCodes.probeClose,
};

/** A step failed: which, and what to do. */
export class ProbeFailure extends CommandError {
  readonly stage: ProbeStage;

  constructor(stage: ProbeStage, message: string, options?: ErrorOptions) {
    super(message, exitCodeOf[stage], options);
    this.name = 'ProbeFailure';
    this.stage = stage;
  }
}
