import type { IncomingMessage } from 'node:http';
import { RejectionError } from '../http/rejection-error.ts';

/**
 * The value of a header that identifies an operator, or null where the request has no such header.
 * @param name in lower case
 * @throws {RejectionError} `token_invalid` where the header occurs more than once: each may have another sender
 */
export function soleHeaderOf({ headersDistinct }: IncomingMessage, name: string): string | null {
  const values = headersDistinct[name] ?? [];
  if (values.length > 1)
    throw new RejectionError('token_invalid', {
      detail: `There are ${values.length} headers ${name}: let the proxy that adds one replace what came with the request.`,
    });
  return values[0]?.trim() || null;
}
