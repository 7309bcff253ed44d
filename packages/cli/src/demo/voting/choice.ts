import type { Answer, Ballot, Manifest } from '@talkoot/ballot-protocol';

/** What a voter says of options by their ids: chooses some, or accepts and rejects them, and in bonus polls a share. */
export type Choice =
  | { readonly choices: readonly string[] }
  | { readonly yes: readonly string[]; readonly no: readonly string[]; readonly share?: number };

/** The same as the manifest's ballot: options by their places. */
export function ballotOf({ ballot }: Pick<Manifest, 'ballot'>, choice: Choice): Ballot {
  if ('choices' in choice) {
    const places = ballot.options.flatMap(({ id }, place) => (choice.choices.includes(id) ? [place] : []));
    if (ballot.type === 'approval' || ballot.type === 'knapsack') return { type: ballot.type, places };
  } else {
    const answers = ballot.options.map(({ id }) => answerTo(id, choice));
    if (ballot.type === 'yes-no') return { type: 'yes-no', answers };
    if (ballot.type === 'bonus') return { type: 'bonus', answers, share: choice.share ?? null };
  }
  throw new TypeError(`No such choice can be made in a ${ballot.type} poll`);
}

function answerTo(id: string, { yes, no }: Extract<Choice, { yes: unknown }>): Answer {
  if (yes.includes(id)) return 'yes';
  return no.includes(id) ? 'no' : null;
}
