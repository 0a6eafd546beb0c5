import type { Stack } from './stack.ts';

/** The answer to a decision of an operator, or to a log-out. */
export interface Receipt {
  readonly id: string;
  readonly closed: number;
  readonly edges: { readonly confirmed: readonly string[]; readonly unconfirmed: readonly string[] };
}

type Reached = Pick<Stack, 'tickets' | 'operatorToken'>;

/** Asks the admin API, as an operator. */
export async function askAdmin<Reply = Receipt>(
  stack: Reached,
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly reply: Reply }> {
  const response = await fetch(`${stack.tickets}/api/v1/admin/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await stack.operatorToken()}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, reply: (await response.json()) as Reply };
}

/** Revokes, and expects a receipt. */
export async function revoke(stack: Reached, target: object, path = 'revocations'): Promise<Receipt> {
  const { status, reply } = await askAdmin(stack, 'POST', path, { reason: 'test', ...target });
  if (status !== 200) throw new Error(`not revoked: ${status} ${JSON.stringify(reply)}`);
  return reply;
}

/** Ends an entry. */
export async function undo(stack: Reached, { id }: Pick<Receipt, 'id'>): Promise<void> {
  const { status, reply } = await askAdmin(stack, 'DELETE', `revocations/${id}`);
  if (status !== 200) throw new Error(`not undone: ${status} ${JSON.stringify(reply)}`);
}

/** Ends the session of a token. */
export async function logOut(stack: Reached, token: string, query = ''): Promise<Receipt> {
  const response = await fetch(`${stack.tickets}/api/v1/auth/logout${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (response.status !== 200) throw new Error(`not logged out: ${response.status} ${await response.text()}`);
  return (await response.json()) as Receipt;
}
