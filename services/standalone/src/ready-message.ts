export interface ReadyMessageOptions {
  readonly url: string;
  readonly dataDir: string;
  readonly metricsUrl: string;
  /** Whether there is a page to open. */
  readonly page: boolean;
}

/** What a newcomer is shown when the server is ready: what to open and what to type next. */
export function readyMessage({ url, dataDir, metricsUrl, page }: ReadyMessageOptions): string {
  const at = url === 'http://localhost:8080' ? '' : ` --url ${url}`;
  const open = `
  Open it in a browser: connect, then drop the network, kill the edge, spend a ticket twice:
    ${url}/
`;
  return `
Admit One is ready at ${url}
${page ? open : ''}
  A token and a ticket:
    curl -sX POST ${url}/api/websocket/ticket -H "Authorization: Bearer $(curl -sX POST ${url}/api/v1/auth/token | sed 's/.*"token":"\\([^"]*\\).*/\\1/')"

  A connection (type a line, it comes back; Ctrl-D ends it):
    npx admit connect${at}

  The trail of both, with the operator token:
    curl -s ${url}/api/v1/audit/events -H "Authorization: Bearer $(cat ${dataDir}/operator.token)"

  Metrics: ${metricsUrl}    API: ${url}/openapi.json    Stop: Ctrl-C

`;
}
