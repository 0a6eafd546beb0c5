import { isFor, KeyError, type LocalIssuers, parseKeySet, sortKeys } from '@admit-one/identity';
import { parseSealSigningKey, SealError, type SealSigningKey } from '@admit-one/seals';
import { type Static, Type } from 'typebox';
import { engineIssues, natsVariables, postgresVariables } from './engines.ts';
import { hostIssues, originVariables, portVariable, processVariables } from './host.ts';
import { outboundProxyIssues } from './issuers.ts';
import { type SignInConfig, signInConfigOf, signInIssues, signInVariables } from './operator-sign-in.ts';
import { type OperatorsConfig, operatorIssues, operatorsConfigOf, operatorVariables } from './operators.ts';
import { type EnvironmentVariables, listVariable, readVariables, SECRET } from './read-variables.ts';
import { failedTokenVariables, limitOf } from './ticket-limits.ts';

/** The audit-service's own variables. */
export const auditVariables = {
  ...operatorVariables,
  ...signInVariables,
  ...failedTokenVariables,
  BREAK_GLASS_JWKS: Type.Optional(
    Type.String({
      description:
        'Public keys of break-glass tokens (`admit token --break-glass`), as printed by `admit token new-key`.',
    }),
  ),
  STREAM_WINDOW_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 604_800,
    default: 3_600,
    description:
      'How long events stay in the event stream after they are in the audit log. Shorter, where they would take more than a quarter of the stream.',
  }),
  AUDIT_REQUESTS_PER_MINUTE: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 600,
    description: 'How many requests to the audit API each operator may make in a minute, per instance.',
  }),
  AUDIT_PSEUDONYMIZE: listVariable({
    default: '',
    description:
      'What is stored as a pseudonym in the audit log: `address`, `agent`, `user`. A search by value still works.',
    examples: ['address,agent,user'],
  }),
  AUDIT_PSEUDONYM_KEY: Type.Optional(
    Type.String({
      ...SECRET,
      description:
        'The key that pseudonyms are made with: 32 or more characters. With another key, what was stored before is no longer found by value.',
    }),
  ),
  AUDIT_SIGNING_KEY: Type.Optional(
    Type.String({
      ...SECRET,
      description:
        'The private key that seals the audit log: a JWK for Ed25519, as `admit keys` makes it. The same for every replica. Without it, the log is not sealed.',
    }),
  ),
  AUDIT_RETENTION_DAYS: Type.Integer({
    minimum: 1,
    maximum: 3_650,
    default: 30,
    description:
      'How many days before today (UTC) the audit log keeps events. Counts by minute stay for 400 days or as long as events, totals for ever.',
  }),
  ALERTMANAGER_URL: Type.Unsafe<string[]>({
    ...listVariable({
      default: '',
      description:
        'Alertmanagers that alerts are sent to, comma-separated: each one of a cluster. User and password in the URL are for basic authentication.',
      examples: ['http://alertmanager-0:9093,http://alertmanager-1:9093'],
    }),
    ...SECRET,
  }),
  ALERT_WEBHOOK_URL: Type.Optional(
    Type.String({
      ...SECRET,
      description:
        "Where to post alerts that fire and resolve, in the format of Alertmanager's webhook receiver, version 4.",
    }),
  ),
  SEQUENCE_GAP_GRACE_SECONDS: Type.Number({
    minimum: 1,
    maximum: 3600,
    default: 10,
    description: 'How long an event may be missing from its sequence before it counts as lost.',
  }),
};

/** All variables of an audit-service process. */
export const auditServiceVariables = {
  ...processVariables,
  PORT: portVariable(8082),
  METRICS_PORT: { ...processVariables.METRICS_PORT, default: 9466 },
  ...natsVariables,
  ...postgresVariables,
  ...originVariables,
  ...auditVariables,
};

const ownSchema = Type.Object(auditVariables);
const schema = Type.Object(auditServiceVariables);

export type AuditVariables = Static<typeof ownSchema>;
export type AuditServiceVariables = Static<typeof schema>;

/** @throws {ConfigError} with all issues */
export function readAuditServiceVariables(environment: EnvironmentVariables): AuditServiceVariables {
  return readVariables(schema, environment, auditServiceIssues);
}

/** The issues of `auditServiceVariables` that their schemas can't express. */
export function auditServiceIssues(variables: Partial<AuditServiceVariables>): readonly string[] {
  return [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...missingOperatorIssues(variables),
    ...auditIssues(variables),
  ];
}

type Given = Partial<AuditVariables>;

/** The issues of a process without local operators, in which nobody could read the audit log. */
function missingOperatorIssues(variables: Given): readonly string[] {
  const { OPERATOR_ISSUER, OPERATOR_ISSUERS, OPERATOR_PROXY_ADDRESSES = [], BREAK_GLASS_JWKS } = variables;
  const isSet = [OPERATOR_ISSUER, OPERATOR_ISSUERS, BREAK_GLASS_JWKS].some((value) => value !== undefined);
  if (isSet || OPERATOR_PROXY_ADDRESSES.length > 0) return [];
  return [
    'OPERATOR_ISSUER: is not set. Set OPERATOR_ISSUER, OPERATOR_ISSUERS, OPERATOR_PROXY_ADDRESSES or BREAK_GLASS_JWKS: without one of them nobody can read the audit log. Example: OPERATOR_ISSUER=https://login.example.com/',
  ];
}

/** The issues of `auditVariables` that their schemas can't express. */
export function auditIssues(variables: Given): readonly string[] {
  return [
    ...operatorIssues(variables),
    ...signInIssues(variables),
    ...outboundProxyIssues(variables),
    ...breakGlassIssues(variables),
    ...pseudonymIssues(variables),
    ...signingKeyIssues(variables),
    ...receiverIssues(variables),
  ];
}

function receiverIssues({ ALERTMANAGER_URL = [], ALERT_WEBHOOK_URL }: Given): readonly string[] {
  const isUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  const issues = ALERTMANAGER_URL.filter((url) => !isUrl(url)).map(
    () => 'ALERTMANAGER_URL: is not a list of http(s) URLs (the value is not shown)',
  );
  return ALERT_WEBHOOK_URL === undefined || isUrl(ALERT_WEBHOOK_URL)
    ? issues
    : [...issues, 'ALERT_WEBHOOK_URL: is not an http(s) URL (the value is not shown)'];
}

/** 128 bits in hex. */
const MIN_KEY_LENGTH = 32;

function pseudonymIssues({
  AUDIT_PSEUDONYMIZE: names = [],
  AUDIT_PSEUDONYM_KEY: key,
}: Given): readonly string[] {
  const issues = names
    .filter((name) => !isPseudonymous(name))
    .map(
      (name) => `AUDIT_PSEUDONYMIZE: ${JSON.stringify(name)} is not one of ${pseudonymousFacts.join(', ')}.`,
    );
  if (names.length > 0 && (key?.length ?? 0) < MIN_KEY_LENGTH)
    issues.push(
      `AUDIT_PSEUDONYM_KEY: has fewer than ${MIN_KEY_LENGTH} characters. AUDIT_PSEUDONYMIZE needs it: set a random text.`,
    );
  return issues;
}

function breakGlassIssues({ BREAK_GLASS_JWKS: json }: Given): readonly string[] {
  if (json === undefined) return [];
  try {
    const { usable } = sortKeys(parseKeySet(json));
    return usable.keys.some((key) => isFor(key, 'ES256'))
      ? []
      : ['BREAK_GLASS_JWKS: has no key that npx @admit-one/cli token new-key makes (EC, P-256).'];
  } catch (error) {
    if (error instanceof KeyError) return [`BREAK_GLASS_JWKS: ${error.message}.`];
    throw error;
  }
}

function signingKeyIssues({ AUDIT_SIGNING_KEY: json }: Given): readonly string[] {
  if (json === undefined) return [];
  try {
    parseSealSigningKey(json);
    return [];
  } catch (error) {
    if (error instanceof SealError)
      return [`AUDIT_SIGNING_KEY: ${error.message}. npx @admit-one/cli keys makes one.`];
    throw error;
  }
}

/** What of an event can be stored as a pseudonym. */
const pseudonymousFacts = ['address', 'agent', 'user'] as const;

export type PseudonymousFact = (typeof pseudonymousFacts)[number];

function isPseudonymous(name: string): name is PseudonymousFact {
  return (pseudonymousFacts as readonly string[]).includes(name);
}

export interface PseudonymConfig {
  readonly facts: readonly PseudonymousFact[];
  readonly key: string;
}

/** The configuration of the audit-service. */
export interface AuditConfig {
  readonly operators: OperatorsConfig;
  /** Null where the console signs nobody in by an issuer. */
  readonly signIn: SignInConfig | null;
  /** To the API, by each operator. */
  readonly requestsPerMinute: number;
  /** Of one network; infinite where there is no limit. */
  readonly failedTokensPerMinute: number;
  /** Null where values are stored as they are. */
  readonly pseudonyms: PseudonymConfig | null;
  /** Null where the audit log is not sealed. */
  readonly sealing: { readonly key: SealSigningKey; readonly everyMs: number } | null;
  /** How long an event may be missing before it counts as lost. */
  readonly gapGraceMs: number;
  /** Interval of the search for gaps. */
  readonly gapCheckMs: number;
  /** How long events stay in the event stream after they are in the audit log. */
  readonly streamWindowMs: number;
  /** How long events stay in the audit log: days before today, and bytes on disk, null for any number. */
  readonly retention: { readonly days: number; readonly maxBytes: number | null };
  /** How long an instance may be silent before its tail is unknown: it says `alive` three times as often. */
  readonly silentMs: number;
  readonly alerts: AlertsConfig;
}

/** The evaluation of alerts, and who is told. */
export interface AlertsConfig {
  readonly alertmanagerUrls: readonly string[];
  readonly webhookUrl: string | null;
  readonly everyMs: number;
  /** Another instance evaluates when the one that did has been silent for so long. */
  readonly leaseMs: number;
}

const GAP_CHECK_MS = 1_000;
const SILENT_MS = 30_000;
const SEAL_EVERY_MS = 60_000;
const ALERTS_EVERY_MS = 15_000;
const ALERTS_LEASE_MS = 6_000;

/**
 * The configuration in variables without `auditIssues`.
 * @param local the issuers of standalone's data directory: its operators are accepted in addition
 * @param localSigningKey the key of standalone's data directory, which seals where no other is set
 */
export function auditConfigOf(
  variables: AuditVariables & { readonly AUDIT_RETENTION_BYTES?: number },
  local?: LocalIssuers,
  localSigningKey?: SealSigningKey,
): AuditConfig {
  const { AUDIT_SIGNING_KEY } = variables;
  const key = AUDIT_SIGNING_KEY === undefined ? localSigningKey : parseSealSigningKey(AUDIT_SIGNING_KEY);
  return {
    operators: operatorsConfigOf(variables, local),
    signIn: signInConfigOf(variables),
    requestsPerMinute: variables.AUDIT_REQUESTS_PER_MINUTE,
    failedTokensPerMinute: limitOf(variables.FAILED_TOKENS_PER_MINUTE),
    pseudonyms: pseudonymsOf(variables),
    sealing: key === undefined ? null : { key, everyMs: SEAL_EVERY_MS },
    gapGraceMs: variables.SEQUENCE_GAP_GRACE_SECONDS * 1000,
    gapCheckMs: GAP_CHECK_MS,
    streamWindowMs: variables.STREAM_WINDOW_SECONDS * 1000,
    retention: { days: variables.AUDIT_RETENTION_DAYS, maxBytes: variables.AUDIT_RETENTION_BYTES ?? null },
    silentMs: SILENT_MS,
    alerts: {
      alertmanagerUrls: variables.ALERTMANAGER_URL,
      webhookUrl: variables.ALERT_WEBHOOK_URL ?? null,
      everyMs: ALERTS_EVERY_MS,
      leaseMs: ALERTS_LEASE_MS,
    },
  };
}

function pseudonymsOf({
  AUDIT_PSEUDONYMIZE,
  AUDIT_PSEUDONYM_KEY: key,
}: AuditVariables): PseudonymConfig | null {
  const facts = AUDIT_PSEUDONYMIZE.filter(isPseudonymous);
  return facts.length === 0 || key === undefined ? null : { facts, key };
}
