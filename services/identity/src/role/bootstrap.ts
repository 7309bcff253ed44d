import { idFrom, inTransaction } from '@talkoot/http-service';
import type { Identity } from '../identity.ts';

/**
 * Makes the first operator of a deployment. A municipality that ever had an operator is left alone, so the setting
 * may stay in the environment without bringing anybody back.
 */
export async function bootstrapOperator(
  { connection, people, grants, municipalities, issuer, now }: Identity,
  { subject, municipalityId }: { readonly subject: string; readonly municipalityId: string },
): Promise<void> {
  await municipalities.ensure({ municipalityId, name: municipalityId, timeZone: 'Europe/Helsinki' });
  await inTransaction(connection, async (session) => {
    if (await grants.hasOperator(municipalityId, session)) return;
    const recognition = await people.recognise([{ kind: 'subject', issuer, subject }], session);
    const personId = await people.save(recognition, false, session);
    const grantId = idFrom(`bootstrap/${municipalityId}`, 'gra');
    await grants.add({ grantId, municipalityId, personId, role: 'operator', at: now(), by: null }, session);
  });
}
