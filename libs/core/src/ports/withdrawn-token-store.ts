/** A break-glass token that is accepted no more, though it has not expired. */
export interface WithdrawnToken {
  /** Its `jti`. */
  readonly tokenId: string;
  readonly reason: string;
  /** The subject of the operator. */
  readonly operator: string;
}

/**
 * The withdrawn tokens, in the database of the audit log: every audit-service rejects them as soon as `withdraw` resolves.
 *
 * All methods throw `AuditLogError`.
 */
export interface WithdrawnTokenStore {
  /** False where it was withdrawn before. It need not have been used. */
  withdraw(token: WithdrawnToken): Promise<boolean>;
  isWithdrawn(tokenId: string): Promise<boolean>;
}
