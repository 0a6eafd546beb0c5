import type { AlertRecord } from '@admit-one/core';
import type { Logger } from '@admit-one/runtime';
import { inhibitorOf } from '../evaluate.ts';
import type { AlertRule } from '../rules.ts';
import { alertmanagerBody } from './alertmanager.ts';
import { type Notice, noticeOf } from './notice.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { webhookBody } from './webhook.ts';

export interface NotifierOptions {
  /** All of them are told: Alertmanagers of a cluster agree among themselves. */
  readonly alertmanagerUrls: readonly string[];
  readonly webhookUrl: string | null;
  readonly log: Logger;
  /** How often a firing alert is sent again to the Alertmanagers. There it ends after three times as long without that. */
  readonly repeatMs: number;
  /** How long a receiver is not tried again after its first failure. */
  readonly retryMs: number;
}

export interface Notifier {
  /** Sends the receivers what they do not have yet. Returns the names of the alerts whose last change the webhook has now. */
  notify(
    rules: readonly AlertRule[],
    records: readonly AlertRecord[],
    now: number,
  ): Promise<ReadonlySet<string>>;
}

/** How long Alertmanagers are told that an alert resolved: one of them may have been away. */
const RESOLVED_MS = 15 * 60_000;

export function createNotifier(options: NotifierOptions): Notifier {
  const { alertmanagerUrls, webhookUrl, log, repeatMs, retryMs } = options;
  const alertmanagers = alertmanagerUrls.map((url) => {
    const endpoint = `${url.replace(/\/+$/, '')}/api/v2/alerts`;
    return createRepeated(createReceiver({ url: endpoint, log, retryMs }), repeatMs);
  });
  const webhook = webhookUrl === null ? null : createReceiver({ url: webhookUrl, log, retryMs });

  async function callWebhook(receiver: Receiver, rule: AlertRule, record: AlertRecord): Promise<boolean> {
    const notice = noticeOf(rule, record);
    return notice === null || (await receiver.post(webhookBody(notice)));
  }

  return {
    async notify(rules, records, now) {
      const known = new Map(records.map((record) => [record.name, record]));
      const all = rules.flatMap((rule) => {
        const record = known.get(rule.name);
        return record ? [{ rule, record }] : [];
      });
      const notices = all
        .flatMap(({ rule, record }) => noticeOf(rule, record) ?? [])
        .filter(({ endsAt }) => endsAt === null || endsAt > now - RESOLVED_MS);
      const unsent = all.filter(({ rule, record }) => !record.notified && isNews(rule, record, records));
      const delivered = new Set(webhook ? [] : unsent.map(({ rule }) => rule.name));
      await Promise.all([
        ...alertmanagers.map((send) => send(notices, now)),
        ...(webhook ? unsent : []).map(async ({ rule, record }) => {
          if (await callWebhook(webhook as Receiver, rule, record)) delivered.add(rule.name);
        }),
      ]);
      return delivered;
    },
  };
}

/** Not while another alert explains it, and not where it only keeps firing: it was explained, and is nearly over. */
function isNews(
  rule: AlertRule,
  { state, evaluatedAt }: AlertRecord,
  records: readonly AlertRecord[],
): boolean {
  if (state.status !== 'firing') return true;
  return state.heldAt === evaluatedAt && inhibitorOf(rule, records) === null;
}

/** Sends notices when they change, and again and again. */
function createRepeated(receiver: Receiver, repeatMs: number) {
  let sent = '';
  let sentAt = Number.NEGATIVE_INFINITY;
  return async (notices: readonly Notice[], now: number): Promise<void> => {
    const state = JSON.stringify(notices.map(({ name, startsAt, endsAt }) => [name, startsAt, endsAt]));
    if (notices.length === 0 || (state === sent && performance.now() - sentAt < repeatMs)) return;
    if (!(await receiver.post(alertmanagerBody(notices, now + 3 * repeatMs)))) return;
    sent = state;
    sentAt = performance.now();
  };
}
