import { CommandFault, exitCodes } from '../exit-codes.ts';
import { rootCauseOf } from '../root-cause.ts';

/** A reply that was not what was asked for, in the words of its problem document (RFC 9457). */
export function refusalFault(url: string, status: number, body: string): CommandFault {
  const { code, detail, traceId } = membersOf(body);
  const trace = traceId === undefined ? '' : ` (traceId ${traceId})`;
  const text =
    code === undefined
      ? `HTTP ${status} from ${url}, without a problem document. Is Admit One at this address?`
      : `${code}: ${detail ?? `HTTP ${status}`}${trace}`;
  return new CommandFault(text, exitCodes.refused);
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
export function unreachableFault(url: URL, error: unknown): CommandFault {
  return new CommandFault(explain(url, error), exitCodes.refused, { cause: error });
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
      if (cause.name === 'TimeoutError')
        return `${origin} did not answer in time. Is it busy, or behind a firewall?`;
      if (cause.name === 'AbortError') return 'Interrupted.';
      return `${origin} cannot be reached: ${cause.message}`;
  }
}
