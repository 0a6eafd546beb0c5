import { createExpiringMap } from './expiring-map.ts';

/** Each source may cause so many rejections of a kind at once, unless told otherwise, and then one a second. */
export const SINGLE_REJECTIONS = 1_000;
const SINGLE_EVERY_MS = 1_000;
/** A /48 may cause as many rejections, or failures, as so many of its networks. */
export const SITE_SHARE = 8;

/** Tells which rejections are above the rate of their source. */
export interface SourceRate {
  /**
   * Counts a rejection of a kind, unless it is above the rate.
   * @param network as `clientNetwork` writes it; null where it is unknown
   * @returns the source that is above its rate: the network, or the /48 of an IPv6 one; undefined if none is
   */
  above(kind: string, network: string | null): string | null | undefined;
}

/** @param atOnce how many a source may cause at once */
export function createSourceRate(atOnce = SINGLE_REJECTIONS): SourceRate {
  /** When the source may cause that many at once again. */
  const restedAt = createExpiringMap<number>();

  return {
    above(kind, network) {
      const now = performance.now();
      const rested: [key: string, at: number][] = [];
      for (const [source, share] of sourcesOf(network)) {
        const key = `${kind} from ${source}`;
        const at = Math.max(restedAt.get(key, now) ?? 0, now) + SINGLE_EVERY_MS / share;
        if (at - now > atOnce * SINGLE_EVERY_MS) return source;
        rested.push([key, at]);
      }
      for (const [key, at] of rested) restedAt.set(key, at, at, now);
      return undefined;
    },
  };
}

function* sourcesOf(network: string | null): Iterable<[source: string | null, share: number]> {
  yield [network, 1];
  if (network?.endsWith(NETWORK)) yield [siteOf(network), SITE_SHARE];
}

/** What an IPv6 /64 ends with in its canonical form (RFC 5952). */
const NETWORK = '::/64';

function siteOf(network: string): string {
  const groups = network.slice(0, -NETWORK.length).split(':').slice(0, 3);
  return `${groups.join(':').replace(/(^|:)0(:0)*$/, '')}::/48`;
}
