import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import { files as names } from '@talkoot/ballot-protocol/counting';
import { DomainError } from '@talkoot/http-service';
import type { Handlers, Reply } from '@talkoot/http-service';
import type { Ballots } from '../ballots.ts';
import { joined } from '../joined.ts';
import { hashOf } from '../poll/manifest.ts';
import { isPublished } from '../poll/poll.ts';
import type { Poll } from '../poll/poll.ts';
import { exportNames } from '../tally/ballots.export.ts';
import type { StoredFile } from './file.store.ts';
import { publishFiles } from './publication.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  | 'publishPollFiles'
  | 'getPublication'
  | 'getPublicationFile'
  | 'exportBallotsAsPabulib'
  | 'exportBallotsAsCsv'
  | 'exportLot'
>;

interface Place {
  readonly municipalityId: string;
  readonly pollId: string;
}

/** What is written once never changes under its address. */
const immutable = { 'Cache-Control': 'public, max-age=31536000, immutable' };

export function publicationRoutes(parts: Ballots): Routes {
  const { polls, publications, tallies, files } = parts;
  const underWay = joined();

  async function published({ municipalityId, pollId }: Place): Promise<Poll> {
    const poll = await polls.get(pollId, municipalityId);
    if (!isPublished(poll.phase)) throw new DomainError('poll-not-published');
    return poll;
  }
  async function filesOf(place: Place): Promise<readonly StoredFile[]> {
    const found = await publications.find((await published(place)).pollId);
    if (!found) throw new DomainError('poll-not-published');
    return found;
  }
  async function exported(place: Place, name: string, missing: string): Promise<Reply<never>> {
    await published(place);
    const written = await tallies.filesOf(place.pollId);
    if (written.length === 0) throw new DomainError('poll-not-published');
    const file = written.find((one) => one.name === name);
    if (!file) throw new DomainError(missing);
    return sent(file);
  }
  const sent = (file: StoredFile): Reply<never> => ({
    stream: files.read(file),
    etag: `"${file.sha256}"`,
    headers: { ...immutable, 'Content-Length': String(file.bytes) },
  });
  return {
    async publishPollFiles(call) {
      const { pollId } = call.params;
      const written = await underWay(pollId, () => publishFiles(parts, pollId));
      return { body: { files: [...written] } };
    },

    async getPublication(call) {
      return { body: { files: [...(await filesOf(call.params))] } };
    },

    async getPublicationFile(call) {
      const { file: name, ...place } = call.params;
      // Voters and issuers bind themselves to the manifest: everybody may have it as soon as there is one.
      if (name === names.manifest) {
        const { manifest } = await polls.get(place.pollId, place.municipalityId);
        if (manifest === null) throw new DomainError('poll-not-published');
        return { body: Buffer.from(manifest), etag: `"${hashOf(manifest)}"`, headers: immutable };
      }
      const file = (await filesOf(place)).find((one) => one.name === name);
      if (!file) throw new DomainError('not-found');
      return sent(file);
    },

    exportBallotsAsPabulib: (call) => exported(call.params, exportNames.pabulib, 'no-pabulib-form'),
    exportBallotsAsCsv: (call) => exported(call.params, exportNames.csv, 'poll-not-published'),
    exportLot: (call) => exported(call.params, exportNames.lot, 'poll-without-lot'),
  };
}
