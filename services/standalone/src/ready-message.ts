/** What a newcomer is shown when the server is ready: what to type next. */
export function readyMessage(options: { url: string; dataDir: string; metricsUrl: string }): string {
  const { url, dataDir, metricsUrl } = options;
  const at = url === 'http://localhost:8080' ? '' : ` --url ${url}`;
  return `
Admit One is ready at ${url}

  A token and a ticket:
    curl -sX POST ${url}/api/websocket/ticket -H "Authorization: Bearer $(curl -sX POST ${url}/api/v1/auth/token | sed 's/.*"token":"\\([^"]*\\).*/\\1/')"

  A connection (type a line, it comes back; Ctrl-D ends it):
    npx admit connect${at}

  The trail of both, with the operator token:
    curl -s ${url}/api/v1/audit/events -H "Authorization: Bearer $(cat ${dataDir}/operator.token)"

  Metrics: ${metricsUrl}    API: ${url}/openapi.json    Stop: Ctrl-C

`;
}
