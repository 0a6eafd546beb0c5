import { CommandError, exitCodes } from '../command-error.ts';
import { membersOf } from '../json-members.ts';

/** A reply with an error status. */
export class ServerRejection extends CommandError {
  readonly status: number;
  readonly publicCode: string | undefined;

  constructor(message: string, status: number, publicCode: string | undefined) {
    super(message, exitCodes.failure);
    this.name = 'ServerRejection';
    this.status = status;
    this.publicCode = publicCode;
  }

  /** Whether the same request would be rejected again. */
  get isPermanent(): boolean {
    return this.status >= 400 && this.status < 500 && ![408, 425, 429].includes(this.status);
  }
}

/** What a load balancer says of the server behind it. */
const GATEWAY_ERRORS = [502, 503, 504];

/** @param body a problem document (RFC 9457) */
export function rejectionError(url: string, status: number, body: string): ServerRejection {
  const { code, detail, traceId } = membersOf(body);
  if (code === undefined) {
    const remedy = GATEWAY_ERRORS.includes(status)
      ? 'A load balancer or proxy answered: check its backends.'
      : 'Check that --url is an Admit One server.';
    const message = `HTTP ${status} from ${url}, without a problem document. ${remedy}`;
    return new ServerRejection(message, status, undefined);
  }
  const trace = traceId === undefined ? '' : ` (traceId ${traceId})`;
  return new ServerRejection(`${code}: ${detail ?? `HTTP ${status}`}${trace}`, status, String(code));
}

/** A successful reply of another format. */
export function unexpectedReplyError(url: string): CommandError {
  return new CommandError(`The reply from ${url} is not from Admit One. Check --url.`, exitCodes.failure);
}

/** @param option the options that the URL may be from */
export function unreachableError(url: URL, error: unknown, option = '--url'): CommandError {
  return new CommandError(explainUnreachable(url, error, option), exitCodes.failure, { cause: error });
}

export function timeoutError({ origin }: URL): CommandError {
  return new CommandError(
    `${origin} did not answer in time. Check that it is not overloaded, and that no firewall blocks it.`,
    exitCodes.failure,
  );
}

/** Why a request came to nothing. @param interrupted whether the user ended it */
export function failedRequestError(url: URL, error: unknown, { aborted }: AbortSignal): CommandError {
  if (aborted) return new CommandError('Interrupted.', exitCodes.failure);
  if (error instanceof Error && error.name === 'TimeoutError') return timeoutError(url);
  return unreachableError(url, error);
}

function explainUnreachable({ origin, hostname }: URL, error: unknown, option: string): string {
  const cause = rootCauseOf(error);
  switch (cause.code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${origin}. Start the server (npm start), or check ${option}.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${hostname} cannot be resolved. Check ${option}.`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return `${origin} closed the connection without an answer. Check that ${option} is an Admit One server, and whether it needs https.`;
    default:
      return `${origin} cannot be reached: ${cause.message}`;
  }
}

/** `fetch` wraps the cause, and a connection attempt to several addresses wraps one error for each. */
function rootCauseOf(error: unknown): { code?: string; message?: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCauseOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootCauseOf(error.cause);
  return Object(error);
}
