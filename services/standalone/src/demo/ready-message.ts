export interface ReadyMessageOptions {
  readonly url: string;
  readonly dataDir: string;
  readonly metricsUrl: string;
  /** Whether there is a demo page. */
  readonly page: boolean;
}

/** The message on start: what to open and what to type next. */
export function readyMessage({ url, dataDir, metricsUrl, page }: ReadyMessageOptions): string {
  const at = url === 'http://localhost:8080' ? '' : ` --url ${url}`;
  const open = `
  Open the demo in a browser: connect, then cut the network, kill the edge, use a ticket twice:
    ${url}/
`;
  return `
Admit One is ready at ${url}
${page ? open : ''}
  Get a token and a ticket:
    curl -sX POST ${url}/api/websocket/ticket -H "Authorization: Bearer $(curl -sX POST ${url}/api/v1/auth/token | sed 's/.*"token":"\\([^"]*\\).*/\\1/')"

  Connect (each line you type is sent back; Ctrl-D ends):
    npx @admit-one/cli connect${at}

  Show both in the audit log, with the operator token in ${dataDir}/operator.token:
    npx @admit-one/cli audit search${at}${dataDir === '.data' ? '' : ` --data-dir ${dataDir}`}

  The same in the console, with that token:
    ${url}/console/

  Metrics: ${metricsUrl}    API: ${url}/openapi.json    Stop: Ctrl-C

`;
}
