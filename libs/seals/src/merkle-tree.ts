import { createHash } from 'node:crypto';

/** The hash of a leaf of a Merkle tree: RFC 6962, section 2.1, with SHA-256. */
export function leafHash(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(data).digest();
}

/** The hash of a Merkle tree (RFC 6962, section 2.1) with at least one leaf, given the hashes of its leaves. */
export function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) throw new Error('a Merkle tree has a leaf');
  if (leaves.length === 1) return only;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return createHash('sha256')
    .update(NODE)
    .update(treeHash(leaves.slice(0, split)))
    .update(treeHash(leaves.slice(split)))
    .digest();
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
