import { CommandError, exitCodes } from '../exit-codes.ts';
import { rootCauseOf } from '../root-cause.ts';

/** A reply that was not what was asked for. */
export class ServerRejection extends CommandError {
  readonly status: number;
  /** The public code, where there was one. */
  readonly publicCode: string | undefined;

  constructor(message: string, status: number, publicCode: string | undefined) {
    super(message, exitCodes.refused);
    this.name = 'ServerRefusal';
    this.status = status;
    this.publicCode = publicCode;
  }

  /** Whether asking again as before does not help. */
  get isLasting(): boolean {
    return this.status >= 400 && this.status < 500 && ![408, 425, 429].includes(this.status);
  }
}

/** A refusal in the words of its problem document (RFC 9457). */
export function rejectionError(url: string, status: number, body: string): ServerRejection {
  const { code, detail, traceId } = membersOf(body);
  if (code === undefined)
    return new ServerRejection(
      `HTTP ${status} from ${url}, without a problem document. Is Admit One at this address?`,
      status,
      undefined,
    );
  const trace = traceId === undefined ? '' : ` (traceId ${traceId})`;
  return new ServerRejection(`${code}: ${detail ?? `HTTP ${status}`}${trace}`, status, String(code));
}

/** A reply of the right status, and not of the right form. */
export function unexpectedReplyError(url: string): CommandError {
  return new CommandError(`The reply of ${url} is not Admit One's. Is --url right?`, exitCodes.refused);
}

/** The members of a JSON object; none where the text is something else. */
export function membersOf(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}

/** A server that gave no reply, in words that say what to check. */
export function unreachableError(url: URL, error: unknown): CommandError {
  return new CommandError(explain(url, error), exitCodes.refused, { cause: error });
}

/** A server that takes too long. */
export function timeoutError({ origin }: URL): CommandError {
  return new CommandError(
    `${origin} did not answer in time. Is it busy, or behind a firewall?`,
    exitCodes.refused,
  );
}

function explain({ origin, hostname }: URL, error: unknown): string {
  const cause = rootCauseOf(error);
  switch (cause.code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${origin}. Is the server running (npm start), and is --url right?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${hostname} cannot be resolved. Is --url right?`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return `${origin} hung up without an answer. Is it an Admit One server, and http or https as --url says?`;
    default:
      return `${origin} cannot be reached: ${cause.message}`;
  }
}
