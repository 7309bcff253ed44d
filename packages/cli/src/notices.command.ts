import type { Answer } from '@talkoot/api-contracts';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import type { Command } from 'commander';
import { everyPage } from './operation/payments.place.ts';
import { placeOfIdentity } from './service/identity.place.ts';
import { saidPlainly } from './service/service.errors.ts';
import { inMunicipality } from './service/service.place.ts';
import type { PlaceOptions } from './service/service.place.ts';

interface ListOptions extends PlaceOptions {
  readonly all?: boolean;
}
type Notice = Answer<IdentityApi['routes']['listNotices']>['items'][number];

/** `talkoot notices`: what waits for me and for my roles, and what was done that concerns me. */
export function registerNotices(program: Command): void {
  const notices = program
    .command('notices')
    .description('Notices for me and for my roles (signed in: TALKOOT_TOKEN)');
  inMunicipality(notices.command('list'))
    .description('Those that I have not read, the newest first')
    .option('--all', 'also those that I have read')
    .action((options: ListOptions) =>
      saidPlainly(async () => {
        const { identity, params } = await placeOfIdentity(options);
        const only = options.all ? {} : { unread: 'true' as const };
        const page = (after: object) => identity.listNotices({ params, query: { ...after, ...only } });
        for await (const one of everyPage(page)) {
          process.stdout.write(`${options.json ? JSON.stringify(one) : noticeLine(one)}\n`);
        }
      }),
    );
  inMunicipality(notices.command('read').argument('<notices...>', 'as `list` prints them'))
    .description('I have read these')
    .action((ids: readonly string[], options: PlaceOptions) =>
      saidPlainly(async () => {
        const { identity, params } = await placeOfIdentity(options);
        for (const noticeId of ids) await identity.markNoticeRead({ params: { ...params, noticeId } });
      }),
    );
}

/** Where what a notice is about is read, by the kind of its subject. */
const readBy: Readonly<Record<string, string>> = {
  obligation: 'talkoot obligations show',
  batch: 'talkoot batches show',
};

function noticeLine({ noticeId, template, subject, wait, dueAt, at, read }: Notice): string {
  const command = readBy[subject.kind];
  const parts = [
    `${read ? ' ' : '*'} ${at}`,
    template,
    ...(wait === null ? [] : [wait]),
    `${subject.kind} ${subject.id}`,
    ...(dueAt === null ? [] : [`due ${dueAt}`]),
    noticeId,
    ...(command ? [`(${command} ${subject.id})`] : []),
  ];
  return parts.join('  ');
}
