/** A word that the project does not use any more. */
export interface RetiredTerm {
  readonly pattern: RegExp;
  /** What to write instead. */
  readonly use: string;
  /** Where the word is right all the same; everything that matches is left out of the search. */
  readonly except?: RegExp;
}

/** Retired words. Identifiers are searched too, so a pattern also matches within camelCase. */
export const retiredTerms: readonly RetiredTerm[] = [
  { pattern: /npx admit\b/, except: /`npx admit` would (run|download)/g, use: 'npx @admit-one/cli' },
  { pattern: /trail/i, except: /trail(ing|er)/gi, use: 'audit log' },
  { pattern: /\bfindings?\b/i, except: /\bfindings:|['"]findings['"]/g, use: 'diagnostic' },
  { pattern: /\bhears? of\b/i, use: 'called for, called with' },
  { pattern: /\bin vain\b/i, use: 'without success' },
  { pattern: /\bway out\b/i, use: 'unsubscribe, dispose' },
  { pattern: /\bmark\(/, use: 'revoke' },
  { pattern: /explain what is not|explainMissing/i, use: 'not-found handler' },
  { pattern: /\bdeeds?\b/i, use: 'action' },
  { pattern: /refus/i, except: /ECONNREFUSED|ERR_\w*REFUSED/g, use: 'reject, rejection' },
  { pattern: /\bscreen(ed|ing|s)\b|screenUpgrade|Screen(ed|ing)/, use: 'precheck' },
  { pattern: /entrance|\bdoors?\b/i, use: 'endpoint' },
  { pattern: /presentation/i, use: 'credential' },
  { pattern: /late.?ticket|admitLate/i, use: 'post-upgrade ticket' },
  { pattern: /(keep|kept|hear)s? ?(store )?time\b/i, except: /\.keepTime\(/g, use: 'clock sync' },
  { pattern: /hang(s|ing)? up\b/i, use: 'SIGHUP' },
  { pattern: /giv(e|es|ing|en) ?up/i, use: 'stop, abort; AbortSignal' },
  { pattern: /presum/i, use: 'optimistic read' },
  { pattern: /ticket.?memory/i, use: 'ticket cache' },
  { pattern: /\bturnOf\b/, use: 'attempt number' },
  { pattern: /\bforgetAt\b/, use: 'retainUntil' },
  { pattern: /start.?eventually/i, use: 'startWithRetry' },
  { pattern: /whether or not/i, use: 'even if' },
  { pattern: /quiet.?connection/i, use: 'idle connections' },
  { pattern: /requestLine\w|request-line/, use: 'request batcher' },
  { pattern: /durableName|\bdurables\b|\bconsumption\b/i, use: 'consumer, consume loop' },
  { pattern: /key.?ring/i, use: 'JWKS cache' },
  { pattern: /\bpump/i, use: 'worker' },
  { pattern: /overh(ea|ear)[rd]|\bfollowed(?=[A-Z(-])/i, use: 'tap' },
  { pattern: /\b(let|const|readonly) ending\b|\bending(\.\w|: )|\bending \?\?=/, use: 'close info' },
  { pattern: /narrat/i, use: 'debug log' },
  { pattern: /given.?token|givenToken/i, use: 'token' },
  { pattern: /misfortune/i, use: 'failure counter' },
  { pattern: /forgiv/i, use: 'reset' },
  { pattern: /attendant/i, use: 'callbacks' },
  { pattern: /crowd/i, use: 'load generator' },
  { pattern: /\bherds?\b/i, use: 'reconnect storm' },
  { pattern: /\banew\b/i, use: 'again' },
  { pattern: /\bbesides\b/i, use: 'also' },
  { pattern: /\bof (its|their|our|his) own\b/i, use: 'own' },
  { pattern: /\b(is|are|was|were) none\b/i, except: /there (is|are|was|were) none/gi, use: "isn't" },
  { pattern: /\bwho(m|se)?ever\b/i, use: 'anyone who' },
  { pattern: /\bbut for\b/i, use: 'except' },
  { pattern: /quarantin|poison/i, except: /poison_message/g, use: 'dead letter' },
  {
    pattern: /fault/i,
    except:
      /default|fault: Fault\b|(test[:/]|[|])faults\b|\bfaults: builds|fault[ -]proxy|'fault'|\bfault: |\.fault\b|, fault \}|\bfault === 'infra|clientFault|(type|:) Fault\b|\bfault text\b|COLUMN fault\b|whose fault\b|\bfaults = \[|readonly Fault\b|\.\.\.faults\b|\bfault: \[|`fault`[:,]?|\bfault( is\b|, severity| \|)/gi,
    use: 'issue, error, diagnostic, failure',
  },
];

/** Each retired term in a text, as `line: word (use …)`. */
export function retiredTermsIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) =>
    retiredTerms.flatMap(({ pattern, except, use }) => {
      const [word] = pattern.exec(except ? line.replaceAll(except, '') : line) ?? [];
      return word === undefined ? [] : [`${index + 1}: ${word} (use: ${use})`];
    }),
  );
}
