import type { Answer } from '@talkoot/api-contracts';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { Option } from 'commander';
import type { Command } from 'commander';
import { everyPage } from './operation/payments.place.ts';
import { placeOfIdentity } from './service/identity.place.ts';
import type { IdentityPlace } from './service/identity.place.ts';
import { saidPlainly, ServiceRefused } from './service/service.errors.ts';
import { inMunicipality } from './service/service.place.ts';
import { tell } from './terminal.ts';
import type { PlaceOptions } from './service/service.place.ts';

interface ListOptions extends PlaceOptions {
  readonly awaiting?: 'confirmation';
}
interface ProposeOptions extends PlaceOptions {
  readonly number?: string;
  readonly none?: boolean;
}
type Personnel = Answer<IdentityApi['routes']['proposePersonnelNumber']>;
type Make = (name: string, description: string) => Command;

/** `talkoot personnel`: two people say under which number the personnel and payroll systems know somebody. */
export function registerPersonnel(program: Command): void {
  const personnel = program
    .command('personnel')
    .description('Personnel numbers, kept by hr and payroll, two people each (signed in: TALKOOT_TOKEN)');
  const command: Make = (name, description) =>
    inMunicipality(personnel.command(name)).description(description);
  const aboutOne: Make = (name, description) =>
    command(name, description).argument('<person>', 'such as per-…');
  reading(command, aboutOne);
  aboutOne('propose', 'The number of a person, or that they have none; the person is told')
    .option('--number <number>', 'in the personnel and payroll systems')
    .option('--none', 'they have none any more')
    .action((personId: string, options: ProposeOptions) =>
      act(options, ({ identity, params }) => {
        const body = { personnelNumber: numberOf(options) };
        return identity.proposePersonnelNumber({ params: { ...params, personId }, body });
      }),
    );
  deciding(aboutOne);
}

function reading(command: Make, aboutOne: Make): void {
  command('list', 'Numbers of the municipality, and what waits')
    .addOption(new Option('--awaiting <what>', 'only those that nobody confirmed').choices(['confirmation']))
    .action((options: ListOptions) =>
      saidPlainly(async () => {
        const { identity, params } = await placeOfIdentity(options);
        const only = options.awaiting ? { awaiting: options.awaiting } : {};
        const page = (after: object) =>
          identity.listPersonnelNumbers({ params, query: { ...after, ...only } });
        for await (const one of everyPage(page)) print(options, one, personnelLines(one));
      }),
    );
  aboutOne('acts', 'Who proposed, confirmed and refused which number of a person').action(
    (personId: string, options: PlaceOptions) =>
      saidPlainly(async () => {
        const { identity, params: here } = await placeOfIdentity(options);
        const params = { ...here, personId };
        const page = (query: { after?: string }) => identity.listPersonnelActs({ params, query });
        for await (const one of everyPage(page)) {
          print(options, one, [
            `${one.at}  ${one.by} ${one.act} ${one.personnelNumber ?? 'none'} (${one.changeId})`,
          ]);
        }
      }),
  );
}

function deciding(aboutOne: Make): void {
  const moves = {
    confirm: ['confirmPersonnelNumber', 'As another person: it is so in the personnel system'],
    refuse: ['refusePersonnelNumber', 'It is not so; also a confirmed one before it counts'],
  } as const;
  for (const [name, [route, description]] of Object.entries(moves)) {
    aboutOne(name, description)
      .argument('<change>', 'such as num-…')
      .action((personId: string, changeId: string, options: PlaceOptions) =>
        act(options, ({ identity, params }) =>
          identity[route]({ params: { ...params, personId }, body: { changeId } }),
        ),
      );
  }
}

/** @throws ServiceRefused `number-or-none` */
function numberOf({ number, none = false }: ProposeOptions): string | null {
  if ((number === undefined) === none) return number ?? null;
  throw new ServiceRefused('number-or-none', 'Give --number, or --none.');
}

const act = (options: PlaceOptions, work: (place: IdentityPlace) => Promise<Personnel>): Promise<void> =>
  saidPlainly(async () => {
    const personnel = await work(await placeOfIdentity(options));
    tell(options, personnel, personnelLines(personnel));
  });

const print = (options: PlaceOptions, one: unknown, lines: readonly string[]): void =>
  void process.stdout.write(`${options.json ? JSON.stringify(one) : lines.join('\n')}\n`);

function personnelLines({ personId, personnelNumber, change }: Personnel): string[] {
  const number = `${personId}  ${personnelNumber ?? 'no number'}`;
  if (!change) return [number];
  const { changeId, proposedBy, proposedAt, confirmedBy, coolsOffAt } = change;
  const next = change.personnelNumber ?? 'no number';
  const so = confirmedBy === null ? 'waits for a second person' : `confirmed by ${confirmedBy}`;
  return [
    number,
    `    ${next} (${changeId}), proposed ${proposedAt} by ${proposedBy}, ${so}; counts from ${coolsOffAt} on`,
  ];
}
