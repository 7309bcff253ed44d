import type { Page } from '@talkoot/api-contracts';
import { webhookDeliveryStates } from '@talkoot/api-contracts/payments';
import type { WebhookEventType } from '@talkoot/api-contracts/payments';
import { Option } from 'commander';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { aboutPayments, placeOfPayments, refusingPlainly } from './operation/payments.place.ts';
import { tell } from './terminal.ts';
import type { PaymentsOptions } from './operation/payments.place.ts';
import { instantFrom } from './instant.option.ts';
import { OperationRefused } from './operation/operation.errors.ts';
import { typesFrom } from './webhooks/webhooks.options.ts';
import { deliveryLine, endpointLines } from './webhooks/webhooks.text.ts';
import { wholeFrom } from './whole.option.ts';

interface AddOptions extends PaymentsOptions {
  readonly types: WebhookEventType[];
}
interface DeliveriesOptions extends PaymentsOptions {
  readonly state?: (typeof webhookDeliveryStates)[number];
  readonly limit: number;
}
interface RotateOptions extends PaymentsOptions {
  readonly overlapHours: number;
}
interface ReplayOptions extends PaymentsOptions {
  readonly since?: string;
  readonly event?: string;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** `talkoot webhooks`: the finance systems of a municipality that are told of payouts over HTTPS. */
export function registerWebhooks(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description('Finance systems that are told of payouts over HTTPS, signed (finance-clerk)');
  const command = (name: string, description: string) =>
    aboutPayments(webhooks.command(name)).description(description);
  const aboutOne = (name: string, description: string) =>
    command(name, description).argument('<endpoint>', 'such as whk-…');

  command('add', 'Register an endpoint, and print the secret that its owner verifies with, once')
    .argument('<address>', 'https://…')
    .option('--types <steps>', 'what it is told of, such as settled,returned', typesFrom, typesFrom('all'))
    .action(add);
  command('list', 'Endpoints, and how sending to them goes').action(list);
  aboutOne('deliveries', 'What was sent to an endpoint and what became of it, the newest first')
    .addOption(new Option('--state <state>', 'only those').choices(webhookDeliveryStates))
    .option('--limit <n>', 'at most so many', wholeFrom(1, 10_000), 50)
    .action(deliveries);
  aboutOne('replay', 'Send again everything since an instant, or one event')
    .option('--since <instant>', 'such as 2027-05-26T16:00:00+03:00', instantFrom)
    .option('--event <id>', 'as `deliveries` prints it')
    .action(replay);
  aboutOne('rotate', 'Make a new secret, and print it, once')
    .option('--overlap-hours <n>', 'how long the old one signs too; 0 when it leaked', wholeFrom(0, 168), 24)
    .action(rotate);
  aboutOne('ping', 'Send a test event now; ends with 1 when it is not accepted').action(ping);
  aboutOne('enable', 'Send again, beginning with what waits').action(turn('enableWebhook'));
  aboutOne('disable', 'Send nothing for now; what happens meanwhile waits').action(turn('disableWebhook'));
  aboutOne('remove', 'Forget an endpoint, its secrets and its deliveries').action(remove);
}

const fresh = () => ({ idempotencyKey: randomUUID() });

async function add(address: string, options: AddOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const body = { url: address, types: options.types };
  const made = await refusingPlainly(() => payments.addWebhook({ params, body, ...fresh() }));
  tell(options, made, [...endpointLines(made.endpoint), ...secretLines(made.secret)]);
}

function secretLines(secret: string | null): string[] {
  const once =
    'Give it to the owner of the endpoint now, by a way that nobody else reads: it is not shown again.';
  return [`    secret ${secret ?? 'unknown: it was shown before'}`, once];
}

async function list(options: PaymentsOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const page = (query: { after?: string }) => refusingPlainly(() => payments.listWebhooks({ params, query }));
  let found = 0;
  for await (const one of itemsOf(page)) {
    print(options.json ? JSON.stringify(one) : endpointLines(one).join('\n'));
    found += 1;
  }
  if (found === 0 && !options.json) print('There are no endpoints.');
}

async function deliveries(endpointId: string, options: DeliveriesOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const { state, limit, json } = options;
  const wanted = { limit: Math.min(limit, 200), ...(state && { state }) };
  const page = (query: { after?: string }) =>
    refusingPlainly(() =>
      payments.listWebhookDeliveries({ params: { ...params, endpointId }, query: { ...wanted, ...query } }),
    );
  let found = 0;
  for await (const one of itemsOf(page)) {
    print(json ? JSON.stringify(one) : deliveryLine(one));
    found += 1;
    if (found === limit) break;
  }
  if (found === 0 && !json) print('There are no deliveries.');
}

/** The items of a list, page after page. */
async function* itemsOf<T>(page: (query: { after?: string }) => Promise<Page<T>>): AsyncGenerator<T> {
  let query: { after?: string } | null = {};
  while (query !== null) {
    const { items, next }: Page<T> = await page(query);
    yield* items;
    query = next === null ? null : { after: next };
  }
}

async function replay(endpointId: string, options: ReplayOptions): Promise<void> {
  const { since, event } = options;
  if ((since === undefined) === (event === undefined)) {
    throw new OperationRefused('since-or-event', 'Say what to send again: --since INSTANT or --event ID.');
  }
  const { payments, params } = await placeOfPayments(options);
  const body = since === undefined ? { eventId: event! } : { since };
  const endpoint = await refusingPlainly(() =>
    payments.replayWebhook({ params: { ...params, endpointId }, body, ...fresh() }),
  );
  tell(options, endpoint, ['It is sent again.', ...endpointLines(endpoint)]);
}

async function rotate(endpointId: string, options: RotateOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const { overlapHours } = options;
  const made = await refusingPlainly(() =>
    payments.rotateWebhookSecret({ params: { ...params, endpointId }, body: { overlapHours }, ...fresh() }),
  );
  const old =
    overlapHours === 0 ? 'The old one signs no more.' : `The old one signs for ${overlapHours} hours.`;
  tell(options, made, [...endpointLines(made.endpoint), ...secretLines(made.secret), old]);
}

async function ping(endpointId: string, options: PaymentsOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const pinged = await refusingPlainly(() => payments.pingWebhook({ params: { ...params, endpointId } }));
  const said = pinged.status ?? pinged.error;
  const words = pinged.accepted ? 'accepted' : 'not accepted';
  tell(options, pinged, [`${words}: ${said} after ${pinged.milliseconds} ms`]);
  if (!pinged.accepted) process.exitCode = 1;
}

const turn =
  (route: 'enableWebhook' | 'disableWebhook') =>
  async (endpointId: string, options: PaymentsOptions): Promise<void> => {
    const { payments, params } = await placeOfPayments(options);
    const endpoint = await refusingPlainly(() =>
      payments[route]({ params: { ...params, endpointId }, ...fresh() }),
    );
    tell(options, endpoint, endpointLines(endpoint));
  };

async function remove(endpointId: string, options: PaymentsOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const removed = await refusingPlainly(() =>
    payments.removeWebhook({ params: { ...params, endpointId }, ...fresh() }),
  );
  tell(options, removed, [`${endpointId} is removed.`]);
}
