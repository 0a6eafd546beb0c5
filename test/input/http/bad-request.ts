import type { PublicCode } from '@admit-one/core';

/** What a client sends, letter by letter; `$token` is a user's, `$operator` an operator's. */
export interface BadRequest {
  readonly what: string;
  readonly line: string;
  /** In addition to `Host`, and `Content-Length` where there is a body. */
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly status: number;
  readonly code: PublicCode;
  readonly detail: string | RegExp;
  /** Headers that the answer must have in addition to those of every answer. */
  readonly answered?: Readonly<Record<string, string>>;
}

export type Expected = Pick<BadRequest, 'status' | 'code' | 'detail'>;

/** The canonical path of tickets. */
export const TICKET = '/api/websocket/ticket';
export const USER = 'Authorization: Bearer $token';

/** The rejection of a request that is not of the form that it should be. */
export function invalid(detail: string | RegExp, status = 400): Expected {
  return { status, code: 'INVALID_REQUEST', detail };
}
