import type { FastifyPluginAsync } from 'fastify';

/** The content of the page's files. */
export interface DemoPage {
  readonly html: string;
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

declare const ADMIT_ONE_DEMO_PAGE: DemoPage | undefined;

/** The page that the bundler has inserted; null if the sources run unbundled. */
export const builtInPage: DemoPage | null =
  typeof ADMIT_ONE_DEMO_PAGE === 'object' ? ADMIT_ONE_DEMO_PAGE : null;

/**
 * The page may load its own files and connect to its own server only. `'self'` covers WebSockets of the same host and port
 * (CSP 3, section 6.7.2.8). No `upgrade-insecure-requests`: standalone does not serve TLS.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Serves the demo page at `/` to clients that accept HTML, and the JSON index to all others. */
export function pageRoutes(page: DemoPage, index: object): FastifyPluginAsync {
  const files = [
    ['/demo/page.js', 'text/javascript; charset=utf-8', page.script],
    ['/demo/page.css', 'text/css; charset=utf-8', page.style],
    ['/demo/icon.svg', 'image/svg+xml', page.icon],
  ] as const;

  return async (app) => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-cache').header('content-security-policy', CONTENT_SECURITY_POLICY);
    });
    app.get('/', { schema: { hide: true } }, ({ headers }, reply) => {
      reply.header('vary', 'Origin, Accept');
      return prefersHtml(headers.accept) ? reply.type('text/html; charset=utf-8').send(page.html) : index;
    });
    for (const [url, type, text] of files)
      app.get(url, { schema: { hide: true } }, (_request, reply) => reply.type(type).send(text));
  };
}

/** Whether an `Accept` header names HTML and does not prefer JSON (RFC 9110, section 12.5.1). */
export function prefersHtml(accept = ''): boolean {
  const html = qualityOf('text/html', accept);
  return html > 0 && html >= qualityOf('application/json', accept);
}

/** The quality value of a media type, from 0 to 1. Wildcards do not count. */
function qualityOf(type: string, accept: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
  }
  return 0;
}
