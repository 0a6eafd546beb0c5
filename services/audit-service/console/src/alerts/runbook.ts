/** A text, or a part of one that is shown differently. A link has its target, relative to the runbooks. */
export type Inline = string | readonly ['code' | 'emphasis', string] | readonly ['link', string, string];

export type Block =
  | readonly ['heading' | 'paragraph', readonly Inline[]]
  | readonly ['steps' | 'list', readonly (readonly Inline[])[]];

declare const ADMIT_ONE_RUNBOOKS: Readonly<Record<string, readonly Block[]>> | undefined;

/** The runbooks by the names of their alerts, as the bundler has read them; none where the sources run unbundled. */
export const runbooks = typeof ADMIT_ONE_RUNBOOKS === 'object' ? ADMIT_ONE_RUNBOOKS : {};

export const runbookNames = Object.keys(runbooks).sort();

const SEARCH = /^npx @admit-one\/cli audit search (?<parameters>[^-].*)$/;
const PARAMETER = /^(?<name>[a-z.]+!?)=(?<value>[^…<>]+)$/;

/** The parameters of a search that a runbook gives as a command; null for another command, or one with gaps to be filled in. */
export function searchOfCommand(command: string): URLSearchParams | null {
  const words = SEARCH.exec(command)?.groups?.parameters?.split(/\s+/) ?? [];
  const parameters = words
    .filter((word) => !word.startsWith('--'))
    .map((word) => PARAMETER.exec(word)?.groups ?? {});
  if (parameters.length === 0 || parameters.some(({ name }) => name === undefined)) return null;
  return new URLSearchParams(parameters.map(({ name = '', value = '' }) => [name, value]));
}

/** The alert of a link to another runbook; null for another link. */
export function alertOfLink(target: string): string | null {
  return /^(?<alert>\w+)\.md$/.exec(target)?.groups?.alert ?? null;
}
