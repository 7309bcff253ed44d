import {
  compareBytes,
  cosignNote,
  encodeArchive,
  GrowingTree,
  issuanceFirstLeaf,
  issuanceOrigin,
  leafHash,
  signCheckpoint,
  writeRoll,
} from '@talkoot/ballot-protocol';
import type { BindingManifest } from '@talkoot/ballot-protocol';
import type { TestIssuer } from '../ballots.fixture.ts';
import type { IssuerClient } from '../ballots.ts';

/** Who cosigns the issuer's log. */
interface CosigningWitness {
  readonly name: string;
  readonly secretKey: Uint8Array;
}

/** An issuer that issued a certificate to everybody on its roll, as this service asks it. */
export function issuerClientOf(
  issuer: TestIssuer,
  bindingOf: (pollId: string) => BindingManifest,
  witness: CosigningWitness,
): IssuerClient {
  const issued = issuer.rollValues.toSorted(compareBytes);
  return {
    getRollFile: async () => writeRoll(issuer.rollValues),
    getIssuanceFile: async () => Buffer.concat(issued),
    getIssuanceCheckpoints: async ({ params: { pollId } }) =>
      Buffer.from(encodeArchive([checkpointOf(issuer, bindingOf(pollId), issued, witness)])).toString(),
  };
}

function checkpointOf(
  { roll: { name }, logKey }: TestIssuer,
  { manifest, m }: BindingManifest,
  issued: readonly Uint8Array[],
  witness: CosigningWitness,
) {
  const tree = new GrowingTree();
  for (const leaf of [issuanceFirstLeaf(m, name), ...issued]) tree.append(leafHash(leaf));
  const origin = issuanceOrigin(manifest.board.origin, name);
  const checkpoint = signCheckpoint({ origin, size: tree.size, root: tree.root() }, logKey.secretKey);
  const { note } = checkpoint;
  const line = cosignNote(note.text, witness.name, witness.secretKey, 1_777_000_000);
  return { ...checkpoint, note: { ...note, signatures: [...note.signatures, line] } };
}
