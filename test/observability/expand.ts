import type { DashboardFile } from './dashboard-files.ts';

/** The time that a dashboard shows, and how Grafana would ask for it. */
export interface Shown {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Between two points. */
  readonly stepSeconds: number;
  readonly scrapeSeconds: number;
}

/**
 * A text of a dashboard with its variables and macros filled in, as Grafana does.
 * @throws {Error} where one is left that is not known here
 */
export function expand(
  text: string,
  shown: Shown,
  { templating }: Pick<DashboardFile, 'templating'>,
): string {
  const { stepSeconds, scrapeSeconds } = shown;
  const iso = { from: new Date(shown.from).toISOString(), to: new Date(shown.to).toISOString() };
  const rateSeconds = Math.max(stepSeconds + scrapeSeconds, 4 * scrapeSeconds);
  const macros: readonly (readonly [RegExp, string])[] = [
    [/\$__timeFilter\((\w+)\)/g, `$1 BETWEEN '${iso.from}' AND '${iso.to}'`],
    [/\$__timeFrom\(\)/g, `'${iso.from}'`],
    [/\$__timeTo\(\)/g, `'${iso.to}'`],
    [/\$__timeGroup\((\w+), \$__interval\)/g, `floor(extract(epoch from $1)/${stepSeconds})*${stepSeconds}`],
    [/\$__rate_interval/g, `${rateSeconds}s`],
    [/\$__interval/g, `${stepSeconds}s`],
    [/\$__range/g, `${Math.ceil((shown.to - shown.from) / 1000)}s`],
    [/\$\{__from:date:iso\}/g, iso.from],
    [/\$\{__to:date:iso\}/g, iso.to],
    ...templating.list.map(({ name, allValue, current }) => {
      const value = allValue ?? current?.value ?? '';
      return [new RegExp(`\\$(?:${name}\\b|\\{${name}\\})`, 'g'), value] as const;
    }),
  ];
  const expanded = macros.reduce((done, [macro, value]) => done.replace(macro, value), text);
  const left = /\$\{?\w+/.exec(expanded);
  if (left) throw new Error(`${left[0]} in ${text} is not known`);
  return expanded;
}
