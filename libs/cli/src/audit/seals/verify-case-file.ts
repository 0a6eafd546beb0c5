import { type CaseReport, verifyCase, type Witness } from '@admit-one/seals';
import { CommandError, exitCodes } from '../../command-error.ts';
import { CaseError, readCase } from '../case/case-file.ts';
import { counted } from '../output/numbers.ts';

export interface CaseVerification {
  readonly report: CaseReport;
  /** For people. */
  readonly lines: readonly string[];
}

/**
 * Verifies the bytes of a case.
 * @param keys your own copy; undefined: those of the case
 * @throws {CommandError} where the file is no case
 */
export async function verifyCaseFile(
  file: string,
  bytes: Uint8Array,
  keys: { readonly keys: readonly object[] } | undefined,
  witnesses: readonly Witness[],
): Promise<CaseVerification> {
  try {
    const contents = readCase(bytes);
    const report = await verifyCase({ ...contents, keys: keys ?? contents.keys, witnesses });
    return { report, lines: linesOf(report, keys === undefined) };
  } catch (error) {
    if (!(error instanceof CaseError)) throw error;
    throw new CommandError(`${file} ${error.message}.`, exitCodes.usage, { cause: error });
  }
}

function linesOf(report: CaseReport, areKeysOfCase: boolean): readonly string[] {
  const { proven, unproven, forgotten, seals, kids, problems } = report;
  const signed = kids.join(', ') || 'nobody';
  return [
    `${counted(proven, 'event')} compared with ${counted(seals, 'seal')}, signed by ${signed}`,
    ...(forgotten > 0 ? [`${counted(forgotten, 'event')} with forgotten values`] : []),
    ...unproven.map((position) => `not proven: the event at ${position} is in no seal of the case`),
    ...(areKeysOfCase
      ? ['The keys are those in the case, which anyone can make: give your own copy with --keys.']
      : []),
    verdictOf(problems.length, unproven.length),
  ];
}

function verdictOf(problems: number, unproven: number): string {
  if (problems > 0) return 'Not verified.';
  if (unproven > 0) return 'Verified in part: every event with a proof is as it was sealed.';
  return 'Verified: every event is as it was sealed. Whether there were others, a case does not tell.';
}
