import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { admit } from '../terminal.fixture.ts';
import { shells } from './completion-scripts.ts';

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout } = await admit(`completion ${shell}`).ended;
  expect(code).toBe(0);
  return stdout;
}

describe('admit completion bash', () => {
  let script: string;
  beforeAll(async () => {
    script = await scriptFor('bash');
  });

  /** What bash offers after a line; its last word may be incomplete. */
  function completionsOf(line: string): readonly string[] {
    const words = line.split(' ');
    const source = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _admit; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['--norc', '-c', source, 'bash', ...words], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    return output.split('\n').filter((word) => word !== '');
  }

  it.each<[string, readonly string[]]>([
    ['admit au', ['audit']],
    ['admit audit s', ['seals', 'search', 'story', 'summary']],
    ['admit audit help ex', []],
    ['admit audit search --js', ['--json']],
    ['admit audit search --to', ['--token-file']],
    ['admit audit search user=alice --al', ['--all']],
    ['admit audit --url http://localhost:1 exp', ['explain', 'export']],
    ['admit audit export --format ', ['ndjson', 'csv', 'ocsf']],
    ['admit audit export --out completion-c', ['completion-command.test.ts', 'completion-command.ts']],
    ['admit token new', ['new-key']],
    ['admit connect --carrier q', ['query']],
    ['admit completion ', ['bash', 'zsh', 'fish', '--help']],
  ])('after %j', (line, completions) => {
    expect([...completionsOf(line)].sort()).toEqual([...completions].sort());
  });
});

it.each(shells)('the script for %s names every command and option', async (shell) => {
  const script = await scriptFor(shell);
  for (const word of [
    'audit',
    'search',
    'completeness',
    'new-key',
    'json',
    'token-file',
    'ocsf',
    'standalone',
  ])
    expect(script).toContain(word);
});

it('names the shells that it knows', async () => {
  const { code, stderr } = await admit('completion tcsh').ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('bash, zsh, fish') });
});
