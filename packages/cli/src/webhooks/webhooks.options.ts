import { webhookEventTypes } from '@talkoot/api-contracts/payments';
import type { WebhookEventType } from '@talkoot/api-contracts/payments';
import { InvalidArgumentError } from 'commander';
import { stepOf } from './webhooks.text.ts';

/** The steps of a payout, as a person names them: `settled,returned`, or `all`. */
export function typesFrom(text: string): WebhookEventType[] {
  if (text === 'all') return [...webhookEventTypes];
  return text.split(',').map((step) => {
    const type = webhookEventTypes.find((one) => stepOf(one) === step.trim());
    if (type) return type;
    throw new InvalidArgumentError(`Some of ${webhookEventTypes.map(stepOf).join(',')}, or all.`);
  });
}
