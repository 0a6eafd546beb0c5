import { generateSigningKey } from '@admit-one/identity';
import { describe, expect, it } from 'vitest';
import { edgeConfigOf, edgeIssues, readWsEdgeVariables } from './ws-edge.ts';

function read(environment: Record<string, string> = {}) {
  return edgeConfigOf(readWsEdgeVariables({ NATS_URL: 'nats://localhost', ...environment }));
}

const signingKey = JSON.stringify(generateSigningKey());

function issuesOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    return (error as { issues: readonly string[] }).issues;
  }
}

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(read()).toEqual({
      requireOrigin: false,
      carriers: ['subprotocol', 'query'],
      acceptsJwt: false,
      routes: new Map([['default', 'bridge']]),
      proxy: null,
      maxStalenessMs: new Map(),
      handshakeMs: 6_000,
      expiry: new Map(),
      expiryGraceMs: 30_000,
      heartbeatMs: 25_000,
      lifetimeMs: 3_600_000,
      maxConnections: 10_000,
      maxConnectionsPerSession: 20,
      maxConnectionsPerUser: 100,
      failedUpgradesPerMinute: 3_000,
      maxHandshakes: 1_000,
      maxMessageBytes: 65_536,
      maxBufferedBytes: 1_048_576,
      maxTotalBufferedBytes: 268_435_456,
      maxMessagesPerSecond: 500,
      maxBytesPerSecond: 524_288,
      drainMs: 10_000,
      closeMs: 5_000,
    });
  });

  it('reads every variable', () => {
    const config = read({
      REQUIRE_ORIGIN: 'true',
      TICKET_CARRIERS: 'subprotocol',
      AUTH_PATHWAYS: 'ticket,jwt',
      ROUTES: 'default=echo, chat-2=bridge',
      HEARTBEAT_SECONDS: '1.5',
      CONNECTION_LIFETIME_SECONDS: '600',
      MAX_CONNECTIONS: '1',
      MAX_HANDSHAKES: '2',
      MAX_MESSAGE_BYTES: '3',
      MAX_BUFFERED_BYTES: '4',
      MAX_TOTAL_BUFFERED_BYTES: '5',
      MAX_MESSAGES_PER_SECOND: '6',
      MAX_BYTES_PER_SECOND: '7',
      DRAIN_SECONDS: '0',
    });
    expect(config).toMatchObject({
      requireOrigin: true,
      carriers: ['subprotocol'],
      acceptsJwt: true,
      routes: new Map([
        ['default', 'echo'],
        ['chat-2', 'bridge'],
      ]),
      heartbeatMs: 1_500,
      lifetimeMs: 600_000,
      maxConnections: 1,
      maxHandshakes: 2,
      maxMessageBytes: 3,
      maxBufferedBytes: 4,
      maxTotalBufferedBytes: 5,
      maxMessagesPerSecond: 6,
      maxBytesPerSecond: 7,
      drainMs: 0,
    });
  });

  it('reports all issues at once', () => {
    const issues = issuesOf({
      HEARTBEAT_SECONDS: '0',
      TICKET_CARRIERS: 'cookie',
      ROUTES: 'chat',
      MAX_MESSAGE_BYTES: '2000000',
    });
    expect(issues.map((issue) => issue.split(':', 1)[0]).toSorted()).toEqual([
      'HEARTBEAT_SECONDS',
      'MAX_BUFFERED_BYTES',
      'ROUTES',
      'TICKET_CARRIERS',
    ]);
  });

  it.each([',', 'query,query', 'cookie'])('rejects TICKET_CARRIERS=%s', (carriers) => {
    expect(issuesOf({ TICKET_CARRIERS: carriers })).toEqual([expect.stringMatching(/^TICKET_CARRIERS: /)]);
  });

  it.each([
    'chat',
    'chat=',
    '=bridge',
    'chat=proxy',
    'chat=proxy:',
    'chat=proxy:upstream:4000',
    'chat=proxy:http://upstream/',
    'chat=proxy:ws:///path',
    'chat=proxy:ws://user:hunter2@upstream/',
    'chat=proxy:ws://user:a/hunter2@upstream/',
    'chat=proxy:ws://user@upstream/',
    'chat=proxy:ws://upstream/#fragment',
    'chat=toString',
    'Chat=bridge',
    'a.b=bridge',
    `${'x'.repeat(33)}=bridge`,
    'ticket=bridge',
    'a=bridge,a=echo',
    'a=bridge=echo',
    ',',
    `${'0123456789abcdef'.repeat(2)}=echo`,
  ])('rejects ROUTES=%s', (routes) => {
    const issues = issuesOf({ ROUTES: routes, PROXY_SIGNING_KEY: signingKey });
    expect(issues).toEqual([expect.stringMatching(/^ROUTES: /)]);
    expect(issues.join()).not.toContain('hunter2');
  });

  it('has proxy routes with a URL each, and the key that signs for them', () => {
    const given = {
      ROUTES: 'default=echo,a=proxy:ws://upstream:4000/a?b=c=d,b=proxy:WSS://[::1]/',
      PROXY_FORWARD_HEADERS: 'Cookie, accept-language',
    };
    const { routes, proxy, handshakeMs } = read({ ...given, PROXY_SIGNING_KEY: signingKey });
    expect([...routes]).toEqual([
      ['default', 'echo'],
      ['a', { upstream: new URL('ws://upstream:4000/a?b=c=d') }],
      ['b', { upstream: new URL('wss://[::1]/') }],
    ]);
    expect(proxy).toEqual({
      signingKey: JSON.parse(signingKey),
      forwardedHeaders: ['cookie', 'accept-language'],
      handshakeMs: 3_000,
    });
    expect(handshakeMs).toBe(9_000);
    expect(issuesOf(given)).toEqual([expect.stringMatching(/^PROXY_SIGNING_KEY: is not set/)]);
    expect(issuesOf({ ...given, PROXY_SIGNING_KEY: 'x' })).toEqual([
      expect.stringMatching(/^PROXY_SIGNING_KEY: is not JSON/),
    ]);
  });

  it.each(['a b', 'Host', 'origin', 'sec-websocket-key', 'X-Admit-Principal', 'x-forwarded-for', 'upgrade'])(
    'passes no header %s on to upstreams',
    (name) => {
      expect(issuesOf({ PROXY_FORWARD_HEADERS: name })).toEqual([
        expect.stringMatching(/^PROXY_FORWARD_HEADERS: /),
      ]);
    },
  );

  it.each(['soon', 'chat=', '14', 'chat=5', 'games=30'])('rejects the staleness bound %s', (bound) => {
    const given = { ROUTES: 'default=echo,chat=bridge', REVOCATION_MAX_STALENESS_SECONDS: bound };
    expect(issuesOf(given)).toEqual([expect.stringMatching(/^REVOCATION_MAX_STALENESS_SECONDS: /)]);
  });

  it('has a staleness bound for one route, or for all', () => {
    const boundsOf = (bound: string) =>
      read({ ROUTES: 'default=echo,chat=bridge', REVOCATION_MAX_STALENESS_SECONDS: bound }).maxStalenessMs;
    expect(boundsOf('chat=30')).toEqual(new Map([['chat', 30_000]]));
    expect(boundsOf('20')).toEqual(
      new Map([
        ['default', 20_000],
        ['chat', 20_000],
      ]),
    );
  });

  it.each(['never', 'chat=', '9', 'chat=5', 'games=token', 'chat=token=5'])(
    'rejects the expiry %s',
    (expiry) => {
      const given = { ROUTES: 'default=echo,chat=bridge', CONNECTION_EXPIRY: expiry };
      expect(issuesOf(given)).toEqual([expect.stringMatching(/^CONNECTION_EXPIRY: /)]);
    },
  );

  it('has an expiry for one route, or for all that have none of their own', () => {
    const rulesOf = (expiry: string) =>
      Object.fromEntries(
        read({ ROUTES: 'default=echo,chat=bridge', CONNECTION_EXPIRY: expiry }).expiry.entries(),
      );
    expect(rulesOf('chat=token')).toEqual({ chat: 'token' });
    expect(rulesOf('token,chat=900')).toEqual({ default: 'token', chat: 900_000 });
    expect(rulesOf('chat=session,token')).toEqual({ default: 'token' });
  });

  it('rejects a drain that is longer than the shutdown', () => {
    expect(edgeIssues({ DRAIN_SECONDS: 10, SHUTDOWN_SECONDS: 5 })).toEqual([
      expect.stringMatching(/^DRAIN_SECONDS: /),
    ]);
    expect(edgeIssues({ DRAIN_SECONDS: 10, SHUTDOWN_SECONDS: 25 })).toEqual([]);
  });
});
