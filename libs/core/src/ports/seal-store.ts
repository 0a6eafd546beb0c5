/** A seal over a range of the audit log, as it was signed. */
export interface StoredSeal {
  /** From 1, without a gap. */
  readonly number: number;
  /** The position of its last event. */
  readonly to: string;
  /** RFC 3339 */
  readonly sealedAt: string;
  /** The thumbprint of the key that signed. */
  readonly kid: string;
  /** How its leaves are formed: `leaf` of the seal. */
  readonly leaf: number;
  /** The seal as a JWS in the compact form. */
  readonly jws: string;
}

/**
 * The seals of the audit log, in its database. A seal never changes, and stays when its events are dropped.
 *
 * All methods throw `AuditLogError`.
 */
export interface SealStore {
  /** Null where nothing is sealed. */
  last(): Promise<StoredSeal | null>;
  /**
   * Adds the seal behind the last one, with the public key (a JWK) that verifies it. False where there is one of its number:
   * of several instances that seal at once, one does.
   */
  add(seal: StoredSeal, key: object): Promise<boolean>;
  /** The seal over a position; null where there is none yet. */
  covering(position: string): Promise<StoredSeal | null>;
  /** The seals behind a number, in their order. */
  list(after: number, limit: number): Promise<readonly StoredSeal[]>;
  /** Every public key that has signed, as JWKs, in the order of their first seals. */
  keys(): Promise<readonly object[]>;
}
