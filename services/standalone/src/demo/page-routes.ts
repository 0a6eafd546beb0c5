import type { FastifyPluginAsync } from 'fastify';
import type { DemoPage } from './demo-page.ts';

/**
 * What the page may do: load its own files, ask its own server, and no more. `'self'` covers WebSockets of the same host
 * and port (CSP 3, section 6.7.2.8). Nothing is upgraded to TLS, which standalone does not speak.
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

/** The demo page at `/`, for whoever asks for HTML; everybody else gets the index. */
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

/** Whether an `Accept` header names HTML, and JSON no sooner (RFC 9110, section 12.5.1). */
export function prefersHtml(accept = ''): boolean {
  const html = qualityOf('text/html', accept);
  return html > 0 && html >= qualityOf('application/json', accept);
}

/** How much a media type is wanted that is named as such: from 0 to 1. */
function qualityOf(type: string, accept: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
  }
  return 0;
}
