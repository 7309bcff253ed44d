import { until } from '../patience.ts';
import { charterOf, municipalityOf } from '../play.ts';
import type { Play } from '../play.ts';

/** The sponsor drafts a charter and commits; the budget authority permits a share of the adopted budget; a round opens. */
export async function pilotIsPermitted(play: Play): Promise<void> {
  const sponsor = play.official('sponsor').projects;
  const { plan } = play;
  const params = municipalityOf(play);
  const draft = await sponsor.draftPilot({
    params,
    body: { name: plan.pilotName, charter: charterOf(play) },
  });
  play.pilotId = draft.pilotId;
  const pilot = { ...params, pilotId: draft.pilotId };
  const { charterSha256 } = draft;
  await phaseReached(play, 'drafted');
  await sponsor.sponsorPilot({ params: pilot, body: { charterSha256 } });
  await sponsor.requestPermission({ params: pilot, body: { charterSha256 } });
  await play.official('budget-authority').projects.permitPilot({
    params: pilot,
    body: {
      charterSha256,
      grant: { share: plan.permittedShare, adoptedBudget: plan.adoptedBudget },
      expiresAt: '2036-12-31T22:00:00.000Z',
      fiscalYear: 2026,
    },
  });
  await phaseReached(play, 'running');
}

/** The sponsor opens the round; residents may propose from then on. */
export async function roundOpens(play: Play): Promise<void> {
  const answer = await play.official('sponsor').projects.openRound({
    params: { ...municipalityOf(play), pilotId: play.pilotId },
    body: { name: play.plan.roundName, budget: { amount: play.plan.roundBudget } },
  });
  play.roundId = answer.roundId;
  const round = { ...municipalityOf(play), roundId: play.roundId };
  const look = () => play.visitor.projects.getRound({ params: round });
  await until('The opening of the round', look, ({ phase }) => phase === 'ideas');
}

async function phaseReached(play: Play, phase: string): Promise<void> {
  const params = { ...municipalityOf(play), pilotId: play.pilotId };
  const look = () => play.visitor.projects.getPilot({ params });
  await until(`Phase ${phase} of the pilot`, look, (pilot) => pilot.phase === phase);
}
