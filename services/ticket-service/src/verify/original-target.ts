/** The headers of a request, each with all its values: Node's `headersDistinct`. */
type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * The request target that the client sent to the proxy, as it wrote it (RFC 9112, section 3.2.1), or why it is unknown.
 * The target of an invalid one is what the request has in its place, for the audit log only.
 */
export type OriginalTarget =
  | { readonly kind: 'target'; readonly target: string }
  | { readonly kind: 'invalid'; readonly detail: string; readonly target: string };

/**
 * Reads the target from the headers of a proxy. One of them is enough; several must agree, since a client may have sent
 * one that the proxy passed on.
 */
export function targetInHeaders(headers: DistinctHeaders, names: readonly string[]): OriginalTarget {
  const values = new Set(names.flatMap((name) => headers[name] ?? []));
  const [target = ''] = values;
  if (values.size === 1 && target.startsWith('/')) return { kind: 'target', target };
  return {
    kind: 'invalid',
    target: values.size === 1 ? target : '',
    detail: `The proxy must say in one ${names.join(' or ')} header which path was asked for, query included.`,
  };
}

/** Reads the target from a URL that is a prefix and the target itself. Another spelling of the prefix is invalid. */
export function targetBehind(prefix: string, url: string): OriginalTarget {
  if (url.startsWith(`${prefix}/`)) return { kind: 'target', target: url.slice(prefix.length) };
  return {
    kind: 'invalid',
    target: url,
    detail: `The proxy must put ${prefix} before the path that was asked for.`,
  };
}
