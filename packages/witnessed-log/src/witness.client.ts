import { createClient } from '@talkoot/api-contracts';
import { witnessApi } from '@talkoot/api-contracts/witness';
import {
  addCosignatures,
  cosignedAt,
  emptyRoot,
  encodeWitnessRequest,
  isSignedBy,
  noteText,
  parseCheckpoint,
  parseSignatures,
} from '@talkoot/ballot-protocol';
import type { NoteKey, NoteSignature, SignedCheckpoint, TreeHead } from '@talkoot/ballot-protocol';
import { verifySignature as verify } from '@talkoot/ballot-protocol/node';
import { boundedText } from './bounded.answer.ts';

/** Where a witness is, and the key by which the manifest names it. */
export interface WitnessAddress {
  /** Name of its key. */
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Base URL of its API. */
  readonly url: string;
}

/** What came of asking a witness to cosign. */
export type Cosigning =
  | { readonly outcome: 'cosigned'; readonly line: NoteSignature }
  /** It wants a proof from this size, which it last cosigned. */
  | { readonly outcome: 'from'; readonly size: number }
  | { readonly outcome: 'refused' };

/** Speaks to one witness about one log. Nothing of it outlasts the deadline; what it answers is verified. */
export function witnessClient(witness: WitnessAddress, log: NoteKey, deadlineMs: number) {
  const client = createClient(witnessApi, { baseUrl: witness.url.replace(/\/+$/, ''), deadlineMs });
  return {
    witness,

    /** @throws when the witness is silent, or answers what is no cosignature of it */
    async cosign(
      checkpoint: SignedCheckpoint,
      oldSize: number,
      proof: readonly Uint8Array[],
    ): Promise<Cosigning> {
      const body = new TextDecoder().decode(encodeWitnessRequest({ oldSize, proof, checkpoint }));
      const response = await client.raw('addCheckpoint', { body });
      const text = await boundedText(response);
      if (response.status === 409) return staleOf(response, text);
      if (response.status !== 200) return { outcome: 'refused' };
      const bare = { ...checkpoint, note: { ...checkpoint.note, signatures: [] } };
      const cosigned = addCosignatures(bare, parseSignatures(text), { witnesses: [witness], verify });
      const [line] = cosigned.note.signatures;
      return line ? { outcome: 'cosigned', line } : { outcome: 'refused' };
    },

    /**
     * What it last cosigned of the log: the empty tree if nothing.
     * @throws when the witness is silent, or shows a tree that it or the log did not sign
     */
    async last(): Promise<TreeHead> {
      const response = await client.raw('getTreeHead', { query: { origin: log.name } });
      const text = await boundedText(response);
      if (response.status !== 200) throw new Error(`${witness.name} answered ${response.status}`);
      const answer = witnessApi.routes.getTreeHead.answer.parse(JSON.parse(text));
      if (answer.size === 0) return { size: 0, root: emptyRoot() };
      const checkpoint = parseCheckpoint(Buffer.from(answer.note ?? ''));
      requireShown(checkpoint, answer.size);
      return { size: checkpoint.size, root: checkpoint.root };
    },
  };

  function requireShown({ origin, size, note }: SignedCheckpoint, said: number): void {
    const isSigned = isSignedBy(note, log, verify) && cosignedAt(note, witness, verify) !== undefined;
    if (origin !== log.name || size !== said || !isSigned) {
      throw new Error(`${witness.name} shows a checkpoint that is not what it says: ${noteText(note)}`);
    }
  }
}
export type WitnessClient = ReturnType<typeof witnessClient>;

/** C2SP has the size alone as text; this project's witness says it as the detail of its problem. */
function staleOf(response: Response, text: string): Cosigning {
  const isPlain = response.headers.get('content-type')?.startsWith('text/x.tlog.size') === true;
  const said = isPlain ? text.trim() : (JSON.parse(text) as { detail?: unknown }).detail;
  const isSize = typeof said === 'string' && /^(0|[1-9]\d{0,15})$/.test(said);
  return isSize && Number.isSafeInteger(Number(said))
    ? { outcome: 'from', size: Number(said) }
    : { outcome: 'refused' };
}
