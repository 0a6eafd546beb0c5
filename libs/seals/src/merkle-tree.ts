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
  const split = splitOf(leaves.length);
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

/** The hashes beside the way from a leaf to the root, from below: RFC 6962, section 2.1.1. */
export function auditPath(leaves: readonly Buffer[], index: number): readonly Buffer[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...auditPath(left, index), treeHash(right)]
    : [...auditPath(right, index - split), treeHash(left)];
}

/** The root that a leaf leads to by its path; null where a tree of that size has no such path. */
export function rootOfPath(
  leaf: Buffer,
  index: number,
  size: number,
  path: readonly Buffer[],
): Buffer | null {
  if (!(index >= 0 && index < size)) return null;
  const beside = path.at(-1);
  if (size === 1 || !beside) return size === 1 && !beside ? leaf : null;
  const split = splitOf(size);
  const isLeft = index < split;
  const root = isLeft
    ? rootOfPath(leaf, index, split, path.slice(0, -1))
    : rootOfPath(leaf, index - split, size - split, path.slice(0, -1));
  return root && (isLeft ? nodeHash(root, beside) : nodeHash(beside, root));
}

/** How many leaves the left part of a tree of two or more has. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
