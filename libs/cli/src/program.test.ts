import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { admit } from './terminal.fixture.ts';

describe('admit', () => {
  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await admit('--version').ended).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['--help', ['connect', 'token', 'doctor', 'stream', 'audit', 'why', 'completion']],
    ['connect --help', ['--url', 'http://localhost:8080', '--carrier', '--linger']],
    ['token --help', ['--operator', '--data-dir', '.data', '--break-glass', '--reason', 'new-key']],
    ['token new-key --help', ['--out', 'BREAK_GLASS_JWKS']],
    ['stream --help', ['trim', 'resize', 'recreate', 'replay']],
    [
      'audit --help',
      [
        'search',
        'tail',
        'story',
        'why',
        'explain',
        'summary',
        'export',
        'completeness',
        'acknowledge',
        'rebuild',
      ],
    ],
    ['audit search --help', ['--all', '--json', '--markdown', '--url', '--token-file', '--data-dir']],
    ['why --help', ['<code>', '--json', '--markdown', '--url', '--token-file', '--data-dir']],
    [
      'revoke --help',
      ['--session', '--user', '--ticket', '--connection', '--key-id', '--issued-before', '--dry-run'],
    ],
    ['block --help', ['<network>', '--reason', '--for', '--dry-run', '--url', '--token-file']],
    ['drill --help', ['redis', 'nats', 'postgres', 'edge', '--break', '--undo', '--for', '--yes', '--url']],
    ['doctor --help', ['--service', 'audit-service', '--metrics', '--token', '--json']],
  ])('helps: %s', async (line, words) => {
    const { code, stdout } = await admit(line).ended;
    expect(code).toBe(0);
    for (const word of words) expect(stdout).toContain(word);
  });

  it.each([
    ['conect', 'Did you mean connect?'],
    ['connect --rout chat', 'Did you mean --route?'],
    ['connect --url localhost:8080', 'It must be an http or https URL'],
    ['connect --route Chat', 'lower-case letters'],
    ['connect --carrier cookie', 'subprotocol, query'],
    ['connect --linger soon', 'whole number of milliseconds'],
    ['connect --token a.b.c --token-file f', "cannot be used with option '--token-file"],
    ['connect now', 'too many arguments'],
    ['token --ttl 0', 'whole number of seconds'],
    ['token --ttl 1.5', 'whole number of seconds'],
    ['probe --timeout 0.01', 'from 0.1 to 3600'],
    ['drill redis', "'--break <command>' not specified"],
    ['drill kafka --break b --undo u', 'redis, nats, postgres, edge'],
    ['drill redis --break b', "'--undo <command>' not specified"],
    ['stream resize', "missing required argument 'size'"],
    ['stream resize 2GB', 'such as 2GiB'],
    ['stream resize -1', 'such as 2GiB'],
    ['stream resize 1KiB', 'at least 1 MiB'],
    ['doctor --service gate', 'ticket-service, ws-edge, audit-service, all'],
    ['doctor --metrics localhost:9464', 'http or https URLs'],
    ['doctor --token a.b.c', 'other users can see arguments'],
    ['doctor --token - --metrics http://localhost:9464', "cannot be used with option '--metrics"],
    ['token --operator --session s', "cannot be used with option '--operator"],
    ['token --break-glass --operator', "cannot be used with option '--operator"],
    ['token --break-glass --data-dir d', "cannot be used with option '--data-dir"],
    ['token --break-glass --reason r', '--key is missing'],
    ['token --break-glass --key k', '--reason is missing'],
    ['token --key k', 'are for --break-glass'],
    ['token new-key', "'--out <file>' not specified"],
    ['token new-kee', 'too many arguments'],
    ['revoke --session s', "'--reason <text>' not specified"],
    ['revoke --reason r', 'Name one of --session'],
    ['revoke --reason r --session s --user u', 'Name one of --session'],
    ['pause --reason r --for soon', 'like 10m'],
    ['undo', "missing required argument 'id'"],
    ['audit serch', 'Did you mean search?'],
    ['audit search --url localhost:8082', 'It must be an http or https URL'],
    ['audit search --url http://ann:secret@localhost', 'no user name and no password'],
    ['audit search --json --markdown', "cannot be used with option '--markdown"],
    ['audit export --format xml', 'ndjson, csv, ocsf'],
    ['audit why', "missing required argument 'code'"],
    ['audit story', "missing required argument 'kind or id'"],
  ])('rejects a wrong command line: %s', async (line, message) => {
    const { code, stdout, stderr } = await admit(line).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
